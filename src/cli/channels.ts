/** `clawdbot channels list|status|logout|send`: the chat services a gateway listens to. */

import { randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import { resolveTarget } from '../client/target.ts'
import { Fault } from '../shared/fault.ts'
import type { Result } from '../shared/protocol/table.ts'
import { channelLine, channelState, isFailed } from './channel-lines.ts'
import { defineCommand, gatewayFlags, targetFlags, waitFlag } from './command.ts'
import { defaultTimeoutMs, type GatewayInvocation, printJson, withGateway } from './gateway-call.ts'
import { usage } from './parse.ts'
import { columns, oneLine } from './style.ts'

/** Sending waits for the service, which may ask for patience. */
const sendTimeoutMs = 60_000
/** What a gateway accepts as the time its services get. */
const shortestProbeMs = 1_000
const longestProbeMs = 120_000

export const channelsStatus = defineCommand({
  name: 'channels status',
  about: 'how each chat service is; exit code 1 when one does not work',
  flags: { ...gatewayFlags, probe: { type: 'boolean', about: 'ask the services themselves' } },
  async run(invocation) {
    const { out, flags } = invocation
    const { result, pending } = await ask(invocation, flags.probe)
    const accounts = Object.entries(result.channelAccounts).flatMap(([id, list]) => list.map((one) => ({ id, one })))
    if (flags.json) printJson(invocation, result)
    else if (accounts.length === 0) out('No channels are configured. Set one up: clawdbot channels add telegram\n')
    else for (const { id, one } of accounts) out(`${oneLine(channelLine(id, one, flags.probe))}\n`)
    if (pending > 0 && !flags.json) {
      out(`   ${pending === 1 ? 'Somebody waits' : `${pending} people wait`} for approval: clawdbot pairing list\n`)
    }
    return accounts.some(({ one }) => isFailed(channelState(one, flags.probe))) ? 1 : 0
  },
})

export const channelsList = defineCommand({
  name: 'channels list',
  about: 'every chat service there is, and which are set up',
  flags: gatewayFlags,
  async run(invocation) {
    const { out, flags } = invocation
    const rows = await whatRuns(invocation).catch(async (error: unknown) => {
      if (!(await isDownHere(error, invocation))) throw error
      return await whatIsSetUp(invocation)
    })
    if (flags.json) printJson(invocation, { channels: rows })
    else {
      const text = ({ channel, state }: Row) =>
        state === notSetUp ? `not set up: clawdbot channels add ${channel}` : state
      out(
        columns(
          ['Channel', 'Account', 'State'],
          rows.map((row) => [row.channel, row.account ?? '', text(row)]),
        ),
      )
    }
    return 0
  },
})

type Row = { readonly channel: string; readonly account: string | null; readonly state: string }

/** As the gateway says it. */
const notSetUp = 'not configured'
const disabled = 'disabled'

async function whatRuns(invocation: GatewayInvocation): Promise<Row[]> {
  const { result } = await ask(invocation, false)
  const ids = [...new Set([...result.channelOrder, ...(result.available ?? [])])]
  return ids.map((channel) => {
    const account = result.channelAccounts[channel]?.[0]
    const state = account && result.channels[channel] ? channelState(account) : notSetUp
    return { channel, account: account?.name ?? account?.accountId ?? null, state }
  })
}

async function isDownHere(error: unknown, { flags, env, paths, prompts }: GatewayInvocation): Promise<boolean> {
  if (!(error instanceof Fault && error.code === 'client.refused')) return false
  return (await resolveTarget(targetFlags(flags), env, paths, prompts)).isLocal
}

/** As far as the settings of this machine say it, while its gateway does not run. */
async function whatIsSetUp({ host }: GatewayInvocation): Promise<Row[]> {
  const { channels, config } = await host()
  return channels.ids.map((channel) => {
    const isOff = config.get(`channels.${channel}.enabled`)?.value === false
    const isThere = config.get(`channels.${channel}`)?.isInFile === true
    const state = isOff ? disabled : 'set up; the gateway does not run'
    return { channel, account: null, state: isThere ? state : notSetUp }
  })
}

/** Who waits is told only to those who may decide. */
async function ask(invocation: GatewayInvocation, probe: boolean | undefined) {
  return await withGateway(invocation, async ({ call, hello }) => {
    const wish = invocation.flags.timeout ?? defaultTimeoutMs
    const timeoutMs = Math.min(Math.max(wish, shortestProbeMs), longestProbeMs)
    const result = await call('channels.status', { probe, timeoutMs })
    const isOurs = hello.features?.methods?.includes('channels.pairing.list') === true
    const people = isOurs ? await call('channels.pairing.list', {}).catch(() => undefined) : undefined
    return { result, pending: people?.pending.length ?? 0 }
  })
}

export const channelsLogout = defineCommand({
  name: 'channels logout',
  about: 'forget the token of a chat service; its settings stay. Takes effect at the gateway, also a far one',
  args: '<channel>',
  flags: gatewayFlags,
  async run(invocation) {
    const [channel, ...rest] = invocation.args
    if (channel === undefined || rest.length > 0)
      throw usage('It takes one channel: channels logout telegram', 'channels logout')
    return await withGateway(invocation, async ({ call }) => {
      const result = await call('channels.logout', { channel }).catch(async (error: unknown) => {
        throw isUnknown(error) ? noSuchChannel(channel, await call('channels.status', {})) : error
      })
      if (invocation.flags.json) printJson(invocation, result)
      else {
        invocation.out(
          result.cleared
            ? `✅ ${oneLine(channel)}: the gateway has forgotten the token\n`
            : 'There was no token to forget.\n',
        )
        if (result.left !== undefined) invocation.out(`   It is still in ${oneLine(result.left)}.\n`)
        if (result.cleared) invocation.out('   To make it worthless everywhere: /revoke at @BotFather.\n')
      }
      return 0
    })
  },
})

function isUnknown(error: unknown): boolean {
  return error instanceof Fault && error.details?.message === 'invalid channels.logout channel'
}

function noSuchChannel(word: string, { available, channelOrder }: Result<'channels.status'>): Fault {
  const ids = [...new Set([...channelOrder, ...(available ?? [])])].join(', ')
  const remedy = ids === '' ? 'No chat service can be set up there.' : `Its channels: ${oneLine(ids)}`
  return new Fault('usage.invalid', `This gateway has no channel ${JSON.stringify(word)}`, { remedy })
}

export const channelsSend = defineCommand({
  name: 'channels send',
  about: 'send a message to a person or group; the text is read from a pipe when it is left out',
  args: '<channel> <chat number> [text]',
  flags: {
    ...gatewayFlags,
    timeout: waitFlag('to wait for an answer', String(sendTimeoutMs)),
    file: { type: 'string', about: 'a photo or file to send with it', value: '<path>' },
    topic: { type: 'string', about: 'the number of a topic of the group', value: '<number>' },
  },
  async run(invocation) {
    const { args, flags, person, out } = invocation
    const [channel, to, ...words] = args
    if (channel === undefined || to === undefined) {
      throw usage('It takes a channel, a chat and a text: channels send telegram 123456789 Hello', 'channels send')
    }
    const threadId = flags.topic?.trim()
    if (threadId !== undefined && !/^[1-9]\d{0,15}$/.test(threadId)) {
      throw usage(`--topic is the number of a topic, not ${JSON.stringify(flags.topic)}`, 'channels send')
    }
    const file = flags.file === undefined ? undefined : await readUpload(flags.file)
    const message = words.length > 0 || file ? words.join(' ') : (await person.input()).trimEnd()
    const timeoutMs = flags.timeout ?? sendTimeoutMs
    return await withGateway(invocation, async ({ call, hello }) => {
      const topic = threadId === undefined ? {} : { threadId }
      const params = { channel, to, message, idempotencyKey: randomUUID(), ...(file && { file }), ...topic }
      if (file) demandFits(file, params, hello.policy.maxPayload)
      const result = await call('send', params, { timeoutMs })
      if (flags.json) printJson(invocation, result)
      else out(`✅ Sent to ${oneLine(to)} (message ${oneLine(result.messageId)})\n`)
      return 0
    })
  },
})

/** What stands around the call in a message to the gateway, with room to spare. */
const envelopeBytes = 1024
const mebibyte = 1024 * 1024

/** A call is one message, in which a file grows by a third. */
function demandFits(file: { fileName: string; content: string }, params: unknown, limitBytes = mebibyte / 2): void {
  const callBytes = Buffer.byteLength(JSON.stringify(params)) + envelopeBytes
  if (callBytes <= limitBytes) return
  const sizeBytes = Buffer.byteLength(file.content, 'base64')
  const mostBytes = Math.max(0, (limitBytes - callBytes + file.content.length) * 0.75)
  const tenths = (bytes: number, round: (value: number) => number) => round((bytes / mebibyte) * 10) / 10
  throw new Fault(
    'client.call-failed',
    `${file.fileName} has ${tenths(sizeBytes, Math.ceil)} MB, more than the ${tenths(mostBytes, Math.floor)} MB that a call to the gateway can carry`,
    {
      remedy: 'Send a smaller one, or ask the agent in that chat for it: what it sends may be as large as mediaMaxMb.',
    },
  )
}

async function readUpload(path: string): Promise<{ fileName: string; mimeType: string; content: string }> {
  const { readFile } = await import('node:fs/promises')
  const bytes = await readFile(path).catch((error: Error) => {
    throw usage(`${path} cannot be read: ${error.message}`, 'channels send')
  })
  const type = /\.(jpe?g|png|webp)$/i.exec(path)?.[1]?.toLowerCase().replace('jpg', 'jpeg')
  const mimeType = type === undefined ? 'application/octet-stream' : `image/${type}`
  return { fileName: basename(path), mimeType, content: bytes.toString('base64') }
}
