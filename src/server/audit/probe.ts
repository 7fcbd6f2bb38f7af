/** Knocks at the running gateway as an attacker on this machine, in a browser or behind a proxy would, once each. */

import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { readRunning } from '../runtime-note.ts'
import { isUnspecified } from './address.ts'
import type { ProbeFacts } from './facts.ts'
import { type Answer, ask, type Door, knock, wrongToken } from './knock.ts'
import { type Listener, listenersOn } from './listeners.ts'

export type ProbeOptions = {
  /** Where the gateway says it is; see runtime-note.ts. */
  readonly notePath: string
  /** Where the settings put it, when none runs. */
  readonly port: number
  /** It speaks TLS. */
  readonly isSecure?: boolean
  readonly signal: AbortSignal
}

const usualHost = '127.0.0.1'
const stranger = 'attacker.example'

/** What Serve adds for a tailnet user, and other proxies for whoever they serve; here nobody but us has written them. */
const forged: readonly Readonly<Record<string, string>>[] = [
  {
    'x-forwarded-for': '100.64.0.1',
    'x-forwarded-proto': 'https',
    'tailscale-user-login': `owner@${stranger}`,
    'tailscale-user-name': 'Owner',
  },
  { forwarded: 'for=127.0.0.1;host=localhost', 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1' },
]

/** What would cost or tell something if it answered without a secret. */
const routes = [
  { method: 'POST', path: '/v1/chat/completions', body: '{"model":"default","messages":[]}' },
  { method: 'GET', path: '/v1/models' },
  { method: 'POST', path: '/tools/invoke', body: '{}' },
]

export async function probeGateway(options: ProbeOptions): Promise<ProbeFacts> {
  const running = readRunning(options.notePath)
  const port = running === undefined ? options.port : running.port
  const found = port === undefined ? [] : listenersAt(port)
  const listeners = found.map(({ address }) => address)
  if (running === undefined) {
    const isAnswered =
      found.length > 0 ||
      (await ask(
        { host: usualHost, port: options.port, isSecure: false },
        { method: 'GET', path: '/live' },
        options.signal,
      )) !== 0
    return { kind: 'stopped', port: options.port, isPortTaken: isAnswered }
  }
  if (port === undefined) return { kind: 'socket' }
  const isPortTaken = found.some((listener) => isForeign(listener, running.pid))
  if (isPortTaken) return { kind: 'foreign', port }
  return {
    kind: 'running',
    port,
    listeners,
    ...(await attack({ host: hostIn(running.url), port, isSecure: options.isSecure === true }, options.signal)),
  }
}

type Attacks = Omit<Extract<ProbeFacts, { kind: 'running' }>, 'kind' | 'port' | 'listeners'>

/** One after the other: several at once could use up the few places for strangers, which others need. */
async function attack(door: Door, signal: AbortSignal): Promise<Attacks> {
  const isLive = (await ask(door, { method: 'GET', path: '/live' }, signal)) !== 0
  const origin = await knock(door, { headers: { origin: `https://${stranger}` } }, signal)
  const host = await knock(door, { headers: { host: `${stranger}:${door.port}` } }, signal)
  const withoutSecret = await knock(door, {}, signal)
  const withWrongSecret = await knock(door, { token: wrongToken() }, signal)
  const believed: string[] = []
  for (const headers of forged) {
    const answer = await knock(door, { headers, withDevice: true }, signal)
    if (isIn(answer) || isBelieved(answer)) believed.push(Object.keys(headers).join(', '))
  }
  const openRoutes: string[] = []
  for (const { method, path, body } of routes) {
    const status = await ask(
      door,
      { method, path, headers: { 'content-type': 'application/json' }, ...(body === undefined ? {} : { body }) },
      signal,
    )
    if (status >= 200 && status < 300) openRoutes.push(`${method} ${path}`)
  }
  return {
    isLive,
    takesForeignOrigin: isPastTheDoor(origin),
    takesForeignHost: isPastTheDoor(host),
    letsInWithout: [
      ...(isIn(withoutSecret) ? ['no secret' as const] : []),
      ...(isIn(withWrongSecret) ? ['a wrong secret' as const] : []),
    ],
    believed,
    openRoutes,
  }
}

const isIn = ({ kind }: Answer): boolean => kind === 'accepted'
const isPastTheDoor = ({ kind }: Answer): boolean => kind !== 'closed'
/** Its owner is asked to let the device in: who it claimed to be was taken for true. */
const isBelieved = (answer: Answer): boolean =>
  answer.kind === 'refused' && /PAIRING_REQUIRED|NOT_PAIRED/.test(answer.code)

/** Who listens everywhere is knocked at where everybody of this machine would. */
function hostIn(url = ''): string {
  const host = URL.parse(url)?.hostname.replace(/^\[|\]$/g, '')
  if (!host || host === '0.0.0.0') return usualHost
  return isUnspecified(host) ? '::1' : host
}

function systemTables(): string[] {
  return process.platform === 'linux' ? ['/proc/net/tcp', '/proc/net/tcp6'].map(readOr) : []
}

/** None where the system has no such tables. */
function listenersAt(port: number): Listener[] {
  return systemTables().flatMap((table) => listenersOn(port, table))
}

/** Whether somebody else has that socket. Of processes of other accounts the system does not tell. */
function isForeign({ inode }: Listener, pid: number): boolean {
  try {
    const files = readdirSync(`/proc/${pid}/fd`)
    return !files.some((name) => linkOf(`/proc/${pid}/fd/${name}`) === `socket:[${inode}]`)
  } catch {
    return false
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return '' // closed meanwhile
  }
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
