/** A service as a systemd unit, quoted and confined. Pure. */

import { type Confinement, confinementLines } from './confinement.ts'
import { checkSpec, type ServiceSpec } from './spec.ts'

/** The text of `<name>.service`: for a user's own manager, or for the system's when the spec names an account. Throws `usage.invalid`. */
export function systemdUnit(spec: ServiceSpec, confinement: Confinement): string {
  checkSpec(spec)
  const { account, environment, environmentFile, finalExitCodes, memoryMax } = spec
  const [program, ...words] = startable(spec.argv)
  const lines = [
    '[Unit]',
    `Description=${specifiers(spec.description.replaceAll(/[\p{Cc}\\]+/gu, ' ').trim())}`,
    ...(account === undefined ? [] : ['Wants=network-online.target', 'After=network-online.target']),
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    ...(account === undefined ? [] : [`User=${specifiers(account)}`]),
    ...readiness(spec),
    `ExecStart=${[quoted(program), ...words.map((word) => quoted(word.replaceAll('$', '$$$$')))].join(' ')}`,
    ...Object.entries(environment).map(([name, value]) => environmentLine(name, value)),
    ...(environmentFile === undefined ? [] : [`EnvironmentFile=-${specifiers(environmentFile)}`]),
    'Restart=on-failure',
    'RestartSec=5s',
    ...(finalExitCodes.length === 0 ? [] : [`RestartPreventExitStatus=${finalExitCodes.join(' ')}`]),
    'TimeoutStopSec=15s',
    'UMask=0077',
    `MemoryMax=${memoryMax}`,
    '',
    ...confinementLines(spec, confinement, quoted),
    '',
    '[Install]',
    `WantedBy=${account === undefined ? 'default.target' : 'multi-user.target'}`,
  ]
  return `${lines.join('\n')}\n`
}

/**
 * Node cannot send to the manager's datagram socket, so `systemd-notify`, a child, does: hence `all`. What it keeps
 * running ends after it, not with it, and one of those that takes all memory ends alone. No core holds its secrets.
 */
function readiness({ watchdogS }: ServiceSpec): string[] {
  if (watchdogS === undefined) return ['Type=exec']
  return [
    'Type=notify',
    'NotifyAccess=all',
    `WatchdogSec=${watchdogS}s`,
    'KillMode=mixed',
    'OOMPolicy=continue',
    'LimitCORE=0',
  ]
}

/** By this line the unit of one state folder is told from that of another. */
export function environmentLine(name: string, value: string): string {
  return `Environment=${quoted(`${name}=${value}`)}`
}

/** systemd starts no program with a quote or backslash in its path. A shell does, which then is that program. */
function startable(argv: ServiceSpec['argv']): ServiceSpec['argv'] {
  return /["'\\]/.test(argv[0]) ? ['/bin/sh', '-c', 'exec "$0" "$@"', ...argv] : argv
}

/** One word. https://www.freedesktop.org/software/systemd/man/latest/systemd.syntax.html#Quoting */
function quoted(text: string): string {
  const escaped = specifiers(text)
  if (/^[A-Za-z0-9_/.:=@+,%-]+$/.test(escaped)) return escaped
  return `"${escaped.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

function specifiers(text: string): string {
  return text.replaceAll('%', '%%')
}
