/** Asks Tailscale on this machine how it is, and says in a sentence what keeps it from working. */

import { Fault } from '../../shared/fault.ts'
import { ellipsize } from '../../shared/std/text.ts'
import type { CommandResult, TailscaleCommand } from './cli.ts'
import { parseStatus, type TailnetPeer, type TailscaleStatus } from './status.ts'

export type Reading =
  /** `isPartial`: the tailnet is so large that its peers were left out. */
  | { readonly kind: 'status'; readonly status: TailscaleStatus; readonly isPartial: boolean }
  | { readonly kind: 'missing' }
  /** The command is there, its daemon does not run. */
  | { readonly kind: 'down' }
  | { readonly kind: 'failed'; readonly reason: string }

/** One or two calls of the command; peers are asked for only when they matter. Rejects with the signal's reason only. */
export async function askStatus(
  command: TailscaleCommand,
  options: { readonly withPeers: boolean; readonly signal: AbortSignal },
): Promise<Reading> {
  const { withPeers, signal } = options
  const result = await command(['status', '--json', ...(withPeers ? [] : ['--peers=false'])], { signal })
  if (withPeers && result.kind === 'too-large') {
    const reading = await askStatus(command, { withPeers: false, signal })
    return reading.kind === 'status' ? { ...reading, isPartial: true } : reading
  }
  return readingOf(result)
}

/** Machines of this tailnet for a person to choose from, this one left out; online ones first. Rejects with a `Fault`. */
export async function listTailnetPeers(command: TailscaleCommand, signal: AbortSignal): Promise<TailnetPeer[]> {
  const reading = await askStatus(command, { withPeers: true, signal })
  const fault = stateFault(reading)
  if (fault) throw fault
  if (reading.kind !== 'status') return []
  const peers = [...reading.status.peers]
  return peers.sort((a, b) => Number(b.isOnline) - Number(a.isOnline) || a.name.localeCompare(b.name))
}

function readingOf(result: CommandResult): Reading {
  switch (result.kind) {
    case 'missing':
      return { kind: 'missing' }
    case 'not-started':
      return { kind: 'failed', reason: `could not be started (${result.reason})` }
    case 'timeout':
    case 'stopped':
      return { kind: 'failed', reason: 'did not answer in time' }
    case 'too-large':
      return { kind: 'failed', reason: 'printed more than 8 MB' }
    case 'exited': {
      const status = parseStatus(result.stdout)
      if (status) return { kind: 'status', status, isPartial: false }
      if (isDaemonDown(result.stderr)) return { kind: 'down' }
      return { kind: 'failed', reason: lastWords(result) }
    }
  }
}

/** Linux, macOS and Windows each word it their way. */
function isDaemonDown(stderr: string): boolean {
  return /failed to connect to local tailscale|is tailscale running\?|doesn't appear to be running/i.test(stderr)
}

function lastWords({ code, stderr, stdout }: Extract<CommandResult, { kind: 'exited' }>): string {
  const line = (stderr.trim() || stdout.trim()).split('\n')[0] ?? ''
  const words = code === 0 ? 'printed something this version does not understand' : `ended with exit code ${code}`
  return code === 0 || line === '' ? words : `${words} (${ellipsize(line, 200)})`
}

/** What keeps Tailscale from working, each state in its own words; undefined when it runs. */
export function stateFault(reading: Reading): Fault | undefined {
  switch (reading.kind) {
    case 'missing':
      return new Fault('tailscale.missing', 'Tailscale is not installed on this machine', {
        remedy: 'Install it from https://tailscale.com/download, then run: tailscale up',
      })
    case 'down':
      return new Fault('tailscale.stopped', 'Tailscale is installed, but its service does not run', {
        remedy: 'Start it (Linux: sudo systemctl start tailscaled; macOS, Windows: open the Tailscale app).',
        retryable: true,
      })
    case 'failed':
      return new Fault('tailscale.failed', `The tailscale command ${reading.reason}`, {
        remedy: 'Look what `tailscale status` says.',
        retryable: true,
      })
    case 'status':
      return backendFault(reading.status)
  }
}

function backendFault({ state, authUrl }: TailscaleStatus): Fault | undefined {
  switch (state) {
    case 'running':
      return undefined
    case 'starting':
      return new Fault('tailscale.stopped', 'Tailscale is still starting', {
        remedy: 'It is tried again by itself.',
        retryable: true,
        retryAfterMs: 1000,
      })
    case 'stopped':
      return new Fault('tailscale.stopped', 'Tailscale is stopped on this machine', {
        remedy: 'Run: tailscale up',
        retryable: true,
      })
    case 'unapproved':
      return new Fault('tailscale.logged-out', 'This machine waits for approval by an admin of the tailnet', {
        remedy: 'Approve it at https://login.tailscale.com/admin/machines',
        retryable: true,
      })
    case 'logged-out':
      return new Fault('tailscale.logged-out', 'Tailscale is logged out on this machine', {
        remedy: /^https:\/\/\S+$/.test(authUrl) ? `Log in at ${authUrl}` : 'Run: tailscale up',
        retryable: true,
      })
  }
}
