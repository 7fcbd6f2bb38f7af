/** Running forwards in words, and as JSON for programs. Pure. */

import type { ForwardNote } from '../client/forward/note.ts'
import { formatDuration } from '../shared/std/duration.ts'
import { columns, facts, oneLine } from './style.ts'

/** What to open or connect to, for each forward. */
export function forwardLines(forwards: ForwardNote['forwards'], profile: string): string {
  return forwards.map((one) => `  ${addressOf(one)} → ${destinationOf(one, profile)}\n`).join('')
}

function addressOf({ port, to }: ForwardNote['forwards'][number]): string {
  return to === 'gateway' ? `http://127.0.0.1:${port}` : `127.0.0.1:${port}`
}

function destinationOf({ to }: ForwardNote['forwards'][number], profile: string): string {
  return to === 'gateway' ? `the gateway of ${profile}` : `${oneLine(to)} as ${profile} calls it`
}

function stateText({ phase, route }: Pick<ForwardNote, 'phase' | 'route'>): string {
  switch (phase) {
    case 'up':
      return `up${route === undefined ? '' : ` (${route})`}`
    case 'opening':
      return 'opening'
    case 'waiting':
      return 'down, trying again'
  }
}

export function statusText(note: ForwardNote, now: number): string {
  const { profile, forwards, lastError } = note
  const sign = note.phase === 'up' ? '✅' : '⏳'
  const phaseMs = formatDuration(Math.max(0, now - note.since))
  return `${sign} ${oneLine(profile)}: ${stateText(note)}\n${forwardLines(forwards, profile)}${facts([
    ['Since', phaseMs],
    ['Process', `${note.pid}, for ${formatDuration(Math.max(0, now - note.startedAt))}${startedText(note)}`],
    ['Connections', `${note.open} now, ${note.total} in all`],
    ['Last error', lastError && `${lastError.message} (${formatDuration(Math.max(0, now - lastError.at))} ago)`],
    ['To do', note.phase === 'up' ? undefined : lastError?.remedy],
  ])}`
}

function startedText({ startedBy }: ForwardNote): string {
  if (startedBy === 'terminal') return ', in a terminal'
  return startedBy === 'service' ? ', as a service' : ', in the background'
}

export function listText(notes: readonly ForwardNote[], now: number): string {
  const rows = notes.map((note) => [
    ...[note.profile, stateText(note)],
    note.forwards.map(({ port, to }) => (to === 'gateway' ? String(port) : `${port}→${to}`)).join(', '),
    ...[String(note.pid), formatDuration(Math.max(0, now - note.startedAt)), String(note.open)],
    note.lastError?.message ?? '',
  ])
  return columns(['Profile', 'State', 'Ports', 'Process', 'Uptime', 'Open', 'Last error'], rows)
}

export function noteJson(note: ForwardNote, now: number): Record<string, unknown> {
  const { profile, pid, startedAt, startedBy, forwards, phase, since, route, open, total, lastError } = note
  return {
    ...{ running: true, profile, pid, startedAt, startedBy, uptimeMs: now - startedAt },
    ...{ forwards, phase, since, route: route ?? null, open, total, lastError: lastError ?? null },
  }
}
