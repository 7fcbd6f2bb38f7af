/** Flags of `clawdbot-server` and `clawdbot gateway start`. */

import { parseArgs } from 'node:util'
import { errorText, Fault } from '../shared/fault.ts'
import { readPort } from '../shared/port.ts'
import { serverFlags } from '../shared/server-flags.ts'
import { didYouMean } from '../shared/std/text.ts'
import type { GatewayFlags } from './config/effective.ts'

const options = { ...serverFlags, help: { type: 'boolean', short: 'h' } } as const

const flagLines = Object.entries<{ value: string; about: string; choices?: readonly string[] }>(serverFlags)
  .map(([name, { value, about, choices }]) => {
    const what = choices ? `${choices.join(' | ')}: ${about}` : about
    return `  ${`--${name} ${value}`.padEnd(19)}${what}`
  })
  .join('\n')

export const serverUsage = `Usage: clawdbot-server [flags]

Runs the gateway in the foreground until it is stopped with Ctrl+C or SIGTERM.

${flagLines}
  --version          print the version
  --help             print this

Configuration: ~/.clawdbot/clawdbot.json (docs/config.md), or where CLAWDBOT_CONFIG_PATH and
CLAWDBOT_STATE_DIR say.`

/** Throws `usage.invalid` for anything it does not know. */
export function parseServerFlags(argv: readonly string[]): GatewayFlags & { help?: boolean } {
  const { port, bind, tailscale, auth, token, password, help } = readFlags(argv)
  const number = port === undefined ? undefined : readPort('--port', notBlank('port', port))
  return {
    ...(number === undefined ? {} : { port: number }),
    ...(bind === undefined ? {} : { bind: oneOf('bind', bind, serverFlags.bind.choices) }),
    ...(tailscale === undefined ? {} : { tailscale: oneOf('tailscale', tailscale, serverFlags.tailscale.choices) }),
    ...(auth === undefined ? {} : { auth: oneOf('auth', auth, serverFlags.auth.choices) }),
    ...(token === undefined ? {} : { token: notBlank('token', token) }),
    ...(password === undefined ? {} : { password: notBlank('password', password) }),
    ...(help ? { help } : {}),
  }
}

function readFlags(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values
  } catch (error) {
    const noValue = valueSlip(error)
    if (noValue !== undefined) throw new Fault('usage.invalid', noValue, { remedy: 'Run clawdbot-server --help.' })
    const flag =
      argv.find((word) => word.startsWith('-') && !(word.replace(/^--?|=.*$/g, '') in options)) ?? argv.join(' ')
    const close = didYouMean(flag.replace(/^--?|=.*$/g, ''), Object.keys(options))
    throw new Fault('usage.invalid', `"${flag}" cannot be used here${close ? `; did you mean --${close}?` : '.'}`, {
      remedy: 'Run clawdbot-server --help.',
    })
  }
}

/** A flag that is known, with no value or one too many. */
function valueSlip(error: unknown): string | undefined {
  if ((error as { code?: unknown }).code !== 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') return undefined
  const name = /--([\w-]+)/.exec(errorText(error))?.[1] ?? ''
  const flag = Object.entries<{ value: string }>(serverFlags).find(([each]) => each === name)?.[1]
  if (!flag) return `--${name} takes no value`
  return `--${name} needs a value ${flag.value}; one that begins with a dash is written --${name}=-…`
}

/** As an unset variable in a script leaves it: it must not mean another secret than the one that was meant. */
function notBlank(flag: string, value: string): string {
  if (value.trim() !== '') return value
  throw new Fault('usage.invalid', `--${flag} is empty`, { remedy: `Give one, or leave --${flag} out.` })
}

function oneOf<T extends string>(flag: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value)
  if (found !== undefined) return found
  throw new Fault('usage.invalid', `--${flag} ${value} is none of ${allowed.join(', ')}.`, {
    remedy: 'Run clawdbot-server --help.',
  })
}
