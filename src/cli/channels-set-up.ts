/** `clawdbot channels add|remove`: a chat service in the settings of this machine's gateway. A token is asked for, piped in or named, never an argument. */

import { Secret } from '../shared/std/secret.ts'
import { deadline } from '../shared/std/signal.ts'
import { defineCommand, type Flags, type FlagValues, type Surroundings } from './command.ts'
import type { ChannelSetUp, Host } from './host.ts'
import { usage } from './parse.ts'
import { oneLine } from './style.ts'

/** Longest the service is waited for. */
const checkMs = 20_000

const addFlags = {
  stdin: { type: 'boolean', about: 'read the token from standard input, one line' },
  env: { type: 'string', about: 'the token is in this environment variable of the gateway', value: '<name>' },
  'token-file': { type: 'string', about: 'the token is in this private file', value: '<path>' },
  'allow-from': { type: 'string', about: 'numbers of accounts that may write at once, with commas', value: '<ids>' },
  'api-root': { type: 'string', about: 'address of a Bot API server of your own', value: '<url>' },
  unchecked: { type: 'boolean', about: 'do not ask the service whether it knows the token' },
  json: { type: 'boolean', about: 'print JSON' },
} as const satisfies Flags

export const channelsAdd = defineCommand({
  name: 'channels add',
  about: 'set a chat service up in the settings of this machine; the token is tried first and kept in gateway.env',
  args: '<channel>',
  flags: addFlags,
  async run(invocation) {
    const { flags, out, host, signal } = invocation
    const { channels } = await host()
    const channel = oneChannel('add', invocation.args, channels)
    const how: ChannelSetUp = {
      place: await placeOf(invocation, flags),
      allowFrom: numbersOf(flags['allow-from']),
      apiRoot: flags['api-root'],
      isChecked: !flags.unchecked,
    }
    const { account } = await channels.add(channel, how, deadline(checkMs, signal))
    if (flags.json) out(`${JSON.stringify({ ok: true, channel, account: account ?? null })}\n`)
    else {
      out(
        `✅ ${channel} is set up${account === undefined ? '' : ` as ${oneLine(account)}`}; a gateway that runs takes it up by itself\n`,
      )
      if (account !== undefined) out(`   Write to it: https://t.me/${oneLine(account.replace(/^@/, ''))}\n`)
      out(`   Whoever writes gets a code; let them in with: clawdbot pairing approve ${channel} <code>\n`)
    }
    return 0
  },
})

export const channelsRemove = defineCommand({
  name: 'channels remove',
  about: 'take a chat service and its token out of the settings of this machine; who was approved stays approved',
  args: '<channel>',
  flags: { json: { type: 'boolean', about: 'print JSON' } },
  async run({ args, flags, out, host, signal }) {
    const { channels } = await host()
    const channel = oneChannel('remove', args, channels)
    const { isRemoved, left, called } = await channels.remove(channel, deadline(checkMs, signal))
    const rest = { left: left ?? null, called: called ?? null }
    if (flags.json) out(`${JSON.stringify({ ok: true, channel, removed: isRemoved, ...rest })}\n`)
    else {
      out(isRemoved ? `✅ ${channel} is no longer set up\n` : `${channel} was not set up.\n`)
      if (left !== undefined) out(`   Its token is still in ${oneLine(left)}.\n`)
      if (called) {
        out(
          `   The service goes on calling ${oneLine(called.url)}: ${oneLine(called.reason)}, so it could not be told.\n`,
        )
        out(`   To end that, set it up and remove it once more, or make the token worthless: /revoke at @BotFather.\n`)
      }
    }
    return 0
  },
})

function oneChannel(word: string, args: readonly string[], { ids }: Host['channels']): string {
  const [channel, ...rest] = args
  if (channel !== undefined && rest.length === 0 && ids.includes(channel)) return channel
  if (rest.length > 0) throw usage('A token does not belong on the command line; it is asked for', `channels ${word}`)
  throw usage(`channels ${word} takes one of: ${ids.join(', ')}`, `channels ${word}`)
}

async function placeOf(
  { person, signal, err }: Surroundings,
  flags: FlagValues<typeof addFlags>,
): Promise<ChannelSetUp['place']> {
  const variable = flags.env
  const path = flags['token-file']
  if ([variable, path, flags.stdin || undefined].filter((given) => given !== undefined).length > 1) {
    throw usage('The token is in one place: choose one of --stdin, --env, --token-file', 'channels add')
  }
  if (variable !== undefined) return { kind: 'variable', name: variableNamed(variable) }
  if (path?.trim() === '') throw usage('--token-file needs the path of a file', 'channels add')
  if (path !== undefined) return { kind: 'file', path }
  if (!flags.stdin && !person.isThere) {
    throw usage('There is no terminal to ask in: pipe the token in and say --stdin', 'channels add')
  }
  if (!flags.stdin) err('Write /newbot to @BotFather in Telegram; it answers with a token.\n')
  const answer = flags.stdin
    ? new Secret(await person.input())
    : await person.hidden('Token of the bot (not shown): ', signal)
  const token = answer?.reveal().trim()
  if (!token) throw usage('The token is missing: type it when asked, or pipe it in', 'channels add')
  return { kind: 'given', token: new Secret(token) }
}

/** In the form in which settings can name it. */
function variableNamed(name: string): string {
  if (/^[A-Z_][A-Z0-9_]*$/.test(name)) return name
  const what = `--env needs the name of a variable in capitals, such as TELEGRAM_BOT_TOKEN, not ${JSON.stringify(name)}`
  throw usage(what, 'channels add')
}

function numbersOf(list: string | undefined): string[] {
  const ids = (list ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '')
  const wrong = ids.find((id) => !/^[0-9]{1,20}$/.test(id))
  if (wrong === undefined) return ids
  throw usage(
    `${wrong} is no number of an account. Names can be taken over by others; people learn their number from @userinfobot`,
    'channels add',
  )
}
