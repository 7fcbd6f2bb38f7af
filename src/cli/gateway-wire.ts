/** `clawdbot gateway health|probe|call`: the wire itself, for finding out what is wrong. */

import { errorText, Fault, type FaultCode } from '../shared/fault.ts'
import { formatDuration } from '../shared/std/duration.ts'
import { parseJson } from '../shared/std/json.ts'
import { channelState } from './channel-lines.ts'
import { defineCommand, gatewayFlags, waitFlag } from './command.ts'
import { printJson, withGateway } from './gateway-call.ts'
import { usage } from './parse.ts'
import { oneLine } from './style.ts'

export const gatewayHealth = defineCommand({
  name: 'gateway health',
  about: 'how long the gateway takes to answer, and its channels',
  flags: gatewayFlags,
  async run(invocation) {
    const { out, flags, clock } = invocation
    return await withGateway(invocation, async ({ call }) => {
      const startedAt = clock.monotonic()
      const result = await call('health', {})
      const tookMs = clock.monotonic() - startedAt
      if (flags.json) printJson(invocation, result)
      else {
        out(`Gateway Health\n${result.ok ? 'OK' : 'Not well'} (${formatDuration(tookMs)})\n`)
        for (const id of result.channelOrder) {
          const channel = result.channels[id]
          if (channel) out(`${oneLine(result.channelLabels[id] ?? id)}: ${oneLine(channelState(channel))}\n`)
        }
      }
      return result.ok ? 0 : 1
    })
  },
})

export const gatewayProbe = defineCommand({
  name: 'gateway probe',
  about:
    'reach the gateway and try what a terminal needs; its exit code says what it met, as clawdbot --help lists them',
  flags: gatewayFlags,
  async run(invocation) {
    const { out, flags, clock } = invocation
    const startedAt = clock.monotonic()
    try {
      return await withGateway(
        invocation,
        async ({ request, hello, target }) => {
          const connectMs = Math.round(clock.monotonic() - startedAt)
          const names = ['health', 'status', 'system-presence', 'config.get'] as const
          const answers = await Promise.allSettled(names.map((name) => request(name, {})))
          const failed = answers.flatMap((answer, i) =>
            answer.status === 'rejected' ? [`${names[i]}: ${errorText(answer.reason)}`] : [],
          )
          const { server, protocol } = hello
          if (flags.json) {
            const connect = { ok: true, latencyMs: connectMs }
            printJson(invocation, { ok: true, url: target.origin, connect, protocol, server, failed })
            return 0
          }
          out('Gateway Status\nReachable: yes\n')
          out(`${target.origin} (${target.source})\n`)
          out(`  Connect: ok (${connectMs}ms) · RPC: ${failed.length === 0 ? 'ok' : 'failed'}\n`)
          const host = server.host === undefined ? [] : [oneLine(server.host)] // protocol 4 gateways do not tell
          out(`  Gateway: ${[...host, `app ${oneLine(server.version)}`, `protocol ${protocol}`].join(' · ')}\n`)
          for (const line of failed) out(`  ${oneLine(line)}\n`)
          return 0
        },
        { mode: 'probe' },
      )
    } catch (error) {
      const met = error instanceof Fault ? encounters[error.code] : undefined
      if (!met || !(error instanceof Fault)) throw error
      const { code, message, remedy = '' } = error
      if (flags.json) {
        printJson(invocation, { ok: false, reachable: met.isReached, connect: { ok: false, error: message, code } })
      } else {
        out(`Gateway Status\nReachable: ${met.words}\n`)
        out(`  Connect: ${met.isReached ? 'refused' : 'failed'} · ${oneLine(message)}\n  ${oneLine(remedy)}\n`)
      }
      return error.exitCode
    }
  },
})

type Encounter = { readonly isReached: boolean; readonly words: string }

const notLetIn: Encounter = { isReached: true, words: 'yes, but it does not let us in' }
const nobody: Encounter = { isReached: false, words: 'no' }

/** What a probe met that did not come through. Every other failure is one of the command itself. */
const encounters: Readonly<Partial<Record<FaultCode, Encounter>>> = {
  'client.unauthorized': notLetIn,
  'client.pairing-required': notLetIn,
  'client.clock': notLetIn,
  'client.untrusted': { isReached: true, words: 'yes, but it is not known to be the gateway' },
  'client.protocol-mismatch': { isReached: true, words: 'yes, but it speaks another version of the protocol' },
  'client.closed': { isReached: true, words: 'yes, but the connection was closed' },
  'client.not-a-gateway': { isReached: false, words: 'no, what answers there is no gateway' },
  'client.timeout': { isReached: false, words: 'no, nothing answered in time' },
  'client.refused': nobody,
  'client.unreachable': nobody,
}

export const gatewayCall = defineCommand({
  name: 'gateway call',
  about: 'call any method of the gateway and print its answer',
  args: '<method>',
  flags: {
    ...gatewayFlags,
    params: { type: 'string', about: 'parameters as JSON ({})', value: '<json>' },
    timeout: waitFlag('to wait for an answer', '10000; with --expect-final no limit'),
    'expect-final': { type: 'boolean', about: 'wait for the second answer of the method agent' },
  },
  async run(invocation) {
    const { args, flags, out, err } = invocation
    const [method, ...rest] = args
    if (!method?.trim() || rest.length > 0) throw usage('gateway call needs one method', 'gateway call')
    const params = parseJson(flags.params ?? '{}')
    if (!params.ok) throw usage(`--params is ${params.reason}`, 'gateway call')
    return await withGateway(invocation, async ({ request }) => {
      try {
        const expectFinal = flags['expect-final']
        const waiting = expectFinal ? { expectFinal, timeoutMs: flags.timeout ?? 0 } : {}
        const answer = await request(method, params.value, waiting)
        if (!flags.json) out(`Gateway call: ${oneLine(method)}\n`)
        printJson(invocation, answer ?? null)
        return 0
      } catch (error) {
        if (!(error instanceof Fault) || error.code !== 'client.call-failed' || flags.json) throw error
        err(`Gateway call failed: ${oneLine(error.message)}\n`)
        return 1
      }
    })
  },
})
