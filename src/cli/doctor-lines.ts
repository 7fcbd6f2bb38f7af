/** What was looked at, as one line each: fine, worth a look, or wrong, and what to do about it. Pure. */

import type { Tried } from '../client/onboard/facts.ts'
import { stateFault } from '../tunnel/tailscale/ask.ts'
import type { Looked } from './doctor-look.ts'
import type { SecurityFinding } from './host.ts'

export type DoctorLine = {
  readonly about: string
  /** `hint`: nothing is wrong, but something could be done. */
  readonly level: 'ok' | 'hint' | 'warning' | 'problem'
  readonly text: string
  readonly remedy?: string | undefined
}

type Say = (looked: Looked) => Omit<DoctorLine, 'about'>

/** Further off than that, devices are refused: what they sign holds the time. */
const mostSkewMs = 2 * 60_000

/** Settings that are understood, and with which the gateway does not start. */
const unstartable = /^gateway\.(password_missing|bind_no_auth)$/

const config: Say = ({ config: { path, exists, problems, warnings }, report }) => {
  const [first, ...more] = problems
  if (first) {
    const place = [first.path, first.line === undefined ? '' : `(line ${first.line})`].filter(Boolean).join(' ')
    const rest = more.length > 0 ? `, and ${more.length} more` : ''
    const text = `${path} cannot be used: ${[place, first.message].filter(Boolean).join(' ')}${rest}`
    return { level: 'problem', text, remedy: first.remedy ?? 'Every problem with its line: clawdbot config validate' }
  }
  const refused = report.findings.find(({ id }) => unstartable.test(id))
  if (refused) return { level: 'problem', text: refused.message, remedy: refused.remedy }
  const [warning, ...others] = warnings
  if (warning) {
    const rest = others.length > 0 ? ` (and ${others.length} more: clawdbot config validate)` : ''
    return { level: 'warning', text: `${warning.message}${rest}`, remedy: warning.remedy }
  }
  return { level: 'ok', text: exists ? path : `${path} is not there: every setting has its default` }
}

const profiles: Say = ({ profiles: { count, problem } }) => {
  if (problem) return { level: 'problem', text: problem.message, remedy: problem.remedy }
  return { level: 'ok', text: count === 0 ? 'none saved' : `${count} saved` }
}

const ssh: Say = (looked) => {
  if (looked.profiles.problem) return { level: 'hint', text: 'not looked at while the saved profiles cannot be read' }
  return audited(/^ssh\./, 'nothing to complain about')(looked)
}

const node: Say = ({ nodeVersion }) => ({ level: 'ok', text: nodeVersion })

const port: Say = ({ gateway: { isRunning, isOurs, port, isPortTaken, problem } }) => {
  if (isPortTaken) {
    return {
      level: 'problem',
      text: `Port ${port} is used by another program`,
      remedy: `Which: ss -ltnp 'sport = :${port}'. Another port: clawdbot config set gateway.port ${port + 1}`,
    }
  }
  if (!isRunning && problem !== undefined)
    return { level: 'problem', text: problem, remedy: 'clawdbot gateway status says more' }
  if (!isRunning && isOurs)
    return {
      level: 'problem',
      text: 'The gateway of this home runs by its note, but does not answer',
      remedy: 'clawdbot gateway status says more',
    }
  if (!isRunning)
    return { level: 'hint', text: `No gateway runs; port ${port} is free`, remedy: 'Start it: clawdbot gateway start' }
  if (!isOurs) {
    return {
      level: 'problem',
      text: `A gateway answers on port ${port}, but not the one of this home`,
      remedy: `Choose another port: clawdbot config set gateway.port ${port + 1}`,
    }
  }
  if (problem !== undefined)
    return {
      level: 'warning',
      text: `The gateway runs on port ${port}, but: ${problem}`,
      remedy: 'clawdbot gateway status says more',
    }
  return { level: 'ok', text: `the gateway runs on port ${port}` }
}

/** The worst of what the audit found of that kind; the rest is counted. */
function audited(kinds: RegExp, fine: string): Say {
  return ({ report }) => {
    const found = report.findings.filter(({ id, severity }) => kinds.test(id) && severity !== 'info')
    const [worst, ...more] = found
    if (!worst) return { level: 'ok', text: fine }
    const rest = more.length > 0 ? ` (and ${more.length} more: clawdbot security audit)` : ''
    return { level: levelOf(worst), text: `${worst.message}${rest}`, remedy: worst.remedy }
  }
}

const levelOf = ({ severity }: SecurityFinding) => (severity === 'critical' ? 'problem' : 'warning')

const clock: Say = ({ clock: { now, isSynchronized }, model, telegram }) => {
  const theirs = model?.atMs ?? telegram?.atMs
  const skewMs = theirs === undefined ? 0 : now - theirs
  const remedy = 'Let the system keep it: sudo timedatectl set-ntp true'
  if (Math.abs(skewMs) > mostSkewMs) {
    const minutes = Math.round(Math.abs(skewMs) / 60_000)
    const text = `The clock is ${minutes} minutes ${skewMs > 0 ? 'fast' : 'slow'}: devices are refused, certificates fail`
    return { level: 'problem', text, remedy }
  }
  if (isSynchronized === false && theirs === undefined) {
    return { level: 'warning', text: 'Nothing keeps the clock right (NTP is not synchronized)', remedy }
  }
  const isKnown = theirs !== undefined || isSynchronized === true
  const time = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z')
  return { level: 'ok', text: isKnown ? time : `${time}; nothing here tells whether that is right` }
}

const tailscale: Say = ({ tailscale: state }) => {
  if (!state) return { level: 'hint', text: 'not looked at while the settings cannot be used' }
  const { mode, reading, isAsWanted, isGatewayRunning } = state
  const fault = stateFault(reading)
  if (mode === 'off' && state.served.kind !== 'ours') {
    return { level: 'ok', text: fault ? 'not used' : 'running; nothing of this gateway is served, as the settings say' }
  }
  if (fault)
    return { level: 'problem', text: `gateway.tailscale.mode is ${mode}, but: ${fault.message}`, remedy: fault.remedy }
  if (isAsWanted) return { level: 'ok', text: state.served.kind === 'ours' ? state.served.url : 'as the settings say' }
  if (mode !== 'off' && !isGatewayRunning) {
    return { level: 'hint', text: `${mode} begins when the gateway starts`, remedy: 'Start it: clawdbot gateway start' }
  }
  return {
    level: 'warning',
    text: `It does not serve what the settings say (${mode})`,
    remedy: 'Run: clawdbot tailscale fix',
  }
}

const service: Say = ({ service: state }) => {
  if (!state) return { level: 'ok', text: 'none: clawdbot gateway install makes the gateway one' }
  const { phase, words = phase, journal, isEnabled } = state
  if (phase === 'failed') return { level: 'problem', text: `It failed: ${words}`, remedy: `Why: ${journal}` }
  if (phase === 'stopped')
    return { level: 'warning', text: `Installed, but ${words}`, remedy: 'Start it: clawdbot gateway start' }
  if (phase === 'unknown') return { level: 'hint', text: 'Installed, but no service manager answers here' }
  if (isEnabled === false)
    return { level: 'warning', text: 'It runs, but does not start by itself', remedy: 'Run: clawdbot gateway install' }
  return { level: 'ok', text: words }
}

const model: Say = ({ setup, model: tried }) => {
  if (!setup) return { level: 'hint', text: 'not looked at while the settings cannot be used' }
  const { model = 'builtin' } = setup.now
  if (tried) return outcome(tried, model)
  return {
    level: 'hint',
    text: 'The built-in guide answers; it is no language model',
    remedy: 'Bring one in: clawdbot onboard',
  }
}

const channels: Say = ({ setup, telegram }) => {
  if (telegram) return outcome(telegram, 'telegram')
  return { level: 'ok', text: setup?.now.telegram === 'off' ? 'telegram is turned off' : 'none' }
}

function outcome(tried: Tried, name: string): Omit<DoctorLine, 'about'> {
  if (tried.ok) return { level: 'ok', text: `${name} ${tried.note}` }
  const { text, remedy = '' } = tried
  return { level: 'problem', text: `${name}: ${text}`, remedy: `${remedy} Set it anew: clawdbot onboard`.trim() }
}

const lines: readonly (readonly [string, Say])[] = [
  ['Config', config],
  ['Profiles', profiles],
  ['Node', node],
  ['Port', port],
  ['Permissions', audited(/^fs\./, 'what is private is open to this account alone')],
  ['Disk', audited(/^durability\./, 'enough room, and the audit log is whole')],
  ['Clock', clock],
  ['SSH', ssh],
  ['Tailscale', tailscale],
  ['Service', service],
  ['Model', model],
  ['Channels', channels],
]

export function doctorLines(looked: Looked): readonly DoctorLine[] {
  return lines.map(([about, say]) => ({ about, ...say(looked) }))
}
