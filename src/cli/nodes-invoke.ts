/** `clawdbot nodes invoke|run`: a command on a device, never on the gateway's machine. */

import { randomUUID } from 'node:crypto'
import { askingNode } from '../client/node-refusal.ts'
import { askingText, nodeName } from '../client/node-words.ts'
import { Fault } from '../shared/fault.ts'
import type { Payload } from '../shared/protocol/table.ts'
import { isRecord, parseJson } from '../shared/std/json.ts'
import { defineCommand, gatewayFlags, waitFlag } from './command.ts'
import { type Gateway, printJson, withGateway } from './gateway-call.ts'
import { LiveOutput } from './live-output.ts'
import { nodeNamed } from './node-named.ts'
import { usage } from './parse.ts'
import { oneLine } from './style.ts'

/** What a node gets, unless told otherwise, and how much longer the gateway is waited for. */
const defaultMs = 30_000
/** The most that a gateway grants a node. */
const longestMs = 3_600_000
const marginMs = 15_000
/** A person may be asked first, at the gateway and at the node. */
const approvalMs = 120_000

const flagsHere = {
  ...gatewayFlags,
  timeout: waitFlag('to wait for the answer', 'as long as it may take, with time for people who are asked first'),
} as const

export const nodesInvoke = defineCommand({
  name: 'nodes invoke',
  about: 'ask a node for one of its commands and print the answer',
  args: '<node> <command>',
  flags: {
    ...flagsHere,
    params: { type: 'string', about: 'parameters as JSON ({})', value: '<json>' },
    'invoke-timeout': waitFlag('the node may take', String(defaultMs), longestMs),
    'idempotency-key': { type: 'string', about: 'the same key again is the same call', value: '<key>' },
  },
  async run(invocation) {
    const { args, flags } = invocation
    const [word, command, ...rest] = args
    if (word === undefined || command === undefined || rest.length > 0) {
      throw usage('nodes invoke needs a node and a command', 'nodes invoke')
    }
    const params = parseJson(flags.params ?? '{}')
    if (!params.ok) throw usage(`--params is ${params.reason}`, 'nodes invoke')
    const timeoutMs = flags['invoke-timeout'] ?? defaultMs
    return await withGateway(invocation, async (gateway) => {
      const node = await target(word, 'nodes invoke', gateway)
      const idempotencyKey = flags['idempotency-key'] ?? randomUUID()
      const call = { nodeId: node.nodeId, command, params: params.value, timeoutMs, idempotencyKey }
      const patience = timeoutMs + (command === 'system.run' ? 2 * approvalMs : 0) + marginMs
      const patient = { timeoutMs: flags.timeout ?? patience }
      const answer = await askingNode(node, command, () => gateway.call('node.invoke', call, patient))
      printJson(invocation, flags.json ? answer : (answer.payload ?? null))
      return 0
    })
  },
})

export const nodesRun = defineCommand({
  name: 'nodes run',
  about:
    'run a program on a node; prints what it prints, while it runs (200,000 bytes are sure), and ends with its exit code',
  args: '<node> -- <program> [<words>…]',
  flags: {
    ...flagsHere,
    cwd: { type: 'string', about: 'folder on the node', value: '<path>' },
    env: { type: 'string', about: 'a variable for it; may be given several times', value: '<name=value>' },
    'command-timeout': waitFlag('it may run', String(defaultMs), longestMs),
  },
  async run(invocation) {
    const { args, flags, out, err } = invocation
    const [word, ...command] = args
    if (word === undefined || command.length === 0) throw usage('nodes run needs a node and a program', 'nodes run')
    const timeoutMs = flags['command-timeout'] ?? defaultMs
    const env = environment(invocation.given.filter(({ name }) => name === 'env').map(({ value }) => String(value)))
    const cwd = flags.cwd === undefined ? {} : { cwd: flags.cwd }
    return await withGateway(invocation, async (gateway) => {
      const node = await target(word, 'nodes run', gateway)
      const params = { command, timeoutMs, ...cwd, ...(Object.keys(env).length > 0 && { env }) }
      const call = { nodeId: node.nodeId, command: 'system.run', params, timeoutMs, idempotencyKey: randomUUID() }
      const patience = timeoutMs + 2 * approvalMs + marginMs
      const live = flags.json ? new LiveOutput(unprinted, unprinted) : new LiveOutput(out, err)
      using _ = outputOf(gateway, call, (piece) => {
        if (piece.isAsking) err(`⏳ ${askingText(piece.asker, oneLine(nodeName(node)))}\n`)
        else if (!flags.json) live.add(piece)
      })
      const patient = { timeoutMs: flags.timeout ?? patience }
      const answer = await askingNode(node, 'system.run', () => gateway.call('node.invoke', call, patient))
      const ran = isRecord(answer.payload) ? answer.payload : {}
      const lostBytes = live.end(textOf(ran.stdout), textOf(ran.stderr))
      if (flags.json) printJson(invocation, { where: `node ${nodeName(node)}`, nodeId: node.nodeId, ...ran })
      if (lostBytes > 0) err(`${lostText(lostBytes)}\n`)
      if (!flags.json) for (const line of endOf(ran, nodeName(node), timeoutMs)) err(`${line}\n`)
      return exitCodeOf(ran)
    })
  },
})

/** Its output is in the JSON. */
const unprinted = (): void => {}

/** As much of each stream as `node/commands/run.ts` keeps. */
function lostText(bytes: number): string {
  const count = bytes.toLocaleString('en-US')
  return `⚠️ ${count} bytes of output are missing where a line says so: a node keeps 200,000 of each stream. All of it: write it to a file there.`
}

/** What comes while that call is answered; nothing from gateways that know no such event. */
function outputOf(
  { rpc }: Gateway,
  call: { nodeId: string; idempotencyKey: string },
  onPiece: (piece: Payload<'node.invoke.output'>) => void,
): Disposable {
  const stop = rpc.events(({ name, payload }) => {
    if (name !== 'node.invoke.output') return
    if (payload.nodeId === call.nodeId && payload.idempotencyKey === call.idempotencyKey) onPiece(payload)
  })
  return { [Symbol.dispose]: stop }
}

async function target(word: string, command: string, { call }: Gateway) {
  const node = nodeNamed(word, (await call('node.list', {})).nodes, command)
  if (node.connected) return node
  throw new Fault('client.call-failed', `${oneLine(nodeName(node))} is not connected`, {
    remedy: 'Start it there: clawdbot node run. It can be asked as soon as nodes status shows it connected.',
  })
}

function environment(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)]
      throw usage(`--env needs name=value, not ${JSON.stringify(pair)}`, 'nodes run')
    }),
  )
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function endOf(ran: Record<string, unknown>, name: string, timeoutMs: number): string[] {
  if (ran.timedOut === true) return [`⏱ It was ended after ${timeoutMs} ms on ${oneLine(name)}`]
  const why = textOf(ran.error)
  return why === '' ? [] : [`❌ ${oneLine(why)}`]
}

/** That of the program; 124 when its time was over, as `timeout` of the coreutils has it. */
function exitCodeOf({ exitCode, timedOut }: Record<string, unknown>): number {
  if (timedOut === true) return 124
  return typeof exitCode === 'number' && Number.isInteger(exitCode) ? exitCode & 255 : 1
}
