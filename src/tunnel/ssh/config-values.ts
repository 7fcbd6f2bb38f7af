/** The keywords of ssh_config this product understands, and how each takes its value. Others are left alone. Pure. */

import { errorText } from '../../shared/fault.ts'
import type { ConfigLine } from './config-syntax.ts'
import { parseJump } from './host.ts'
import { parseForward } from './local-forward.ts'
import { parsePort, parseSeconds } from './settings.ts'

/** What is wrong with a value, undefined when it is fine. */
type Check = (value: string) => string | undefined

const oneOf = (...values: string[]): Check => {
  return (value) => (values.includes(value.toLowerCase()) ? undefined : `${JSON.stringify(value)} is not known`)
}
const word: Check = (value) => (value === '' ? 'the value is empty' : undefined)
const flag = oneOf('yes', 'no', 'true', 'false')
const whole: Check = (value) => (/^-?\d{1,9}$/.test(value) ? undefined : `${JSON.stringify(value)} is not a number`)
const time: Check = (value) => {
  return value === 'none' || parseSeconds(value) !== undefined ? undefined : `${JSON.stringify(value)} is not a time`
}
const port: Check = (value) => (parsePort(value) === undefined ? `${JSON.stringify(value)} is not a port` : undefined)

/** One word; the first line wins. */
const single: Readonly<Record<string, Check>> = {
  hostname: word,
  user: word,
  port,
  addressfamily: oneOf('any', 'inet', 'inet6'),
  bindaddress: word,
  bindinterface: word,
  connecttimeout: time,
  identitiesonly: flag,
  identityagent: word,
  pkcs11provider: word,
  gssapiauthentication: flag,
  pubkeyauthentication: oneOf('yes', 'no', 'true', 'false', 'unbound', 'host-bound'),
  passwordauthentication: flag,
  kbdinteractiveauthentication: flag,
  preferredauthentications: word,
  numberofpasswordprompts: whole,
  batchmode: flag,
  hostkeyalias: word,
  stricthostkeychecking: oneOf('yes', 'no', 'true', 'false', 'off', 'ask', 'accept-new'),
  hashknownhosts: flag,
  revokedhostkeys: word,
  serveraliveinterval: time,
  serveralivecountmax: whole,
  hostkeyalgorithms: word,
  kexalgorithms: word,
  ciphers: word,
  macs: word,
  forwardagent: word,
  clearallforwardings: flag,
  canonicalizehostname: oneOf('yes', 'no', 'true', 'false', 'always'),
}

/** One word; every line counts, once. */
const collected = new Set(['identityfile', 'certificatefile'])
/** Several words; the first line wins. */
const lists = new Set(['userknownhostsfile', 'globalknownhostsfile'])
/** The rest of the line as it stands. */
const commands = new Set(['knownhostscommand'])

const synonyms: Readonly<Record<string, string>> = {
  smartcarddevice: 'pkcs11provider',
  identityfile2: 'identityfile',
  challengeresponseauthentication: 'kbdinteractiveauthentication',
  skeyauthentication: 'kbdinteractiveauthentication',
  tisauthentication: 'kbdinteractiveauthentication',
}

/** Takes a line's value if it is well-formed, `isActive`, and nothing came before it; returns what is wrong with it. */
export function addValues(settings: Map<string, string[]>, line: ConfigLine, isActive: boolean): string | undefined {
  const keyword = synonyms[line.keyword] ?? line.keyword
  const first = (values: string[]) => {
    if (isActive && !settings.has(keyword)) settings.set(keyword, values)
    return undefined
  }
  const check = single[keyword]
  if (check === time && line.words[0] === 'none') return tooMany(line, 1) // leaves it to the lines that follow
  if (check) return tooMany(line, 1) ?? check(line.words[0] ?? '') ?? first([line.words[0] ?? ''])
  if (lists.has(keyword)) return checkList(line) ?? first([...line.words])
  if (commands.has(keyword)) return first([line.rest])
  // Whichever of the two comes first wins, but `ProxyJump none` leaves room for a command.
  if (keyword === 'proxycommand') return isJumping(settings) ? undefined : first([line.rest])
  if (keyword === 'proxyjump')
    return checkJump(line.rest) ?? (settings.has('proxycommand') ? undefined : first([line.rest]))
  if (collected.has(keyword)) {
    const [value = ''] = line.words
    return tooMany(line, 1) ?? word(value) ?? (isActive ? collect(settings, keyword, value) : undefined)
  }
  if (keyword !== 'localforward') return undefined
  const value = line.words.join(' ')
  if (!parseForward(value)) return `${JSON.stringify(value)} is not a forward`
  return tooMany(line, 2) ?? (isActive ? collect(settings, keyword, value) : undefined)
}

function collect(settings: Map<string, string[]>, keyword: string, value: string): undefined {
  const values = settings.get(keyword) ?? []
  if (!values.includes(value)) settings.set(keyword, [...values, value])
}

function checkList({ words }: ConfigLine): string | undefined {
  if (words.length > 1 && words.some((value) => value.toLowerCase() === 'none')) return '"none" stands alone'
  return words.includes('') ? 'the value is empty' : undefined
}

function tooMany({ words }: ConfigLine, most: number): string | undefined {
  return words.length > most ? `there is more after ${JSON.stringify(words[most - 1])} than belongs there` : undefined
}

function isJumping(settings: Map<string, string[]>): boolean {
  return (settings.get('proxyjump')?.[0] ?? 'none').toLowerCase() !== 'none'
}

function checkJump(text: string): string | undefined {
  try {
    parseJump(text)
    return undefined
  } catch (error) {
    return errorText(error)
  }
}
