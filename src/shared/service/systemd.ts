/** A service as a systemd unit, quoted and confined. Pure. */

import { checkSpec, type ServiceSpec } from './spec.ts'

/**
 * `namespaces` confines the file system, for which a user's own manager needs user namespaces; some systems forbid
 * those, and there the unit ends with status 226 or 218. `plain` is everything that works without.
 */
export type Confinement = 'namespaces' | 'plain'

/** The text of `<name>.service` for a user's own manager. Throws `usage.invalid`. */
export function systemdUnit(spec: ServiceSpec, confinement: Confinement): string {
  checkSpec(spec)
  const { description, environment, finalExitCodes } = spec
  const [program, ...words] = startable(spec.argv)
  const lines = [
    '[Unit]',
    `Description=${specifiers(description.replaceAll(/[\p{Cc}\\]+/gu, ' ').trim())}`,
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    'Type=exec',
    `ExecStart=${[quoted(program), ...words.map((word) => quoted(word.replaceAll('$', '$$$$')))].join(' ')}`,
    ...Object.entries(environment).map(([name, value]) => `Environment=${quoted(`${name}=${value}`)}`),
    'Restart=on-failure',
    'RestartSec=5s',
    ...(finalExitCodes.length === 0 ? [] : [`RestartPreventExitStatus=${finalExitCodes.join(' ')}`]),
    'TimeoutStopSec=15s',
    'UMask=0077',
    'MemoryMax=1G',
    '',
    ...always,
    ...(confinement === 'plain' ? [] : fileSystemOf(spec)),
    '',
    '[Install]',
    'WantedBy=default.target',
  ]
  return `${lines.join('\n')}\n`
}

/** Filters and limits of the process itself. A compiler writes code that runs, so memory may be both. */
const always = [
  'NoNewPrivileges=yes',
  'LockPersonality=yes',
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  'RestrictNamespaces=yes',
  'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK',
  'SystemCallArchitectures=native',
  'SystemCallFilter=@system-service',
  'SystemCallErrorNumber=EPERM',
]

/** A file system of its own, in which only `ReadWritePaths` can be written; what lies in a temporary folder stays visible. */
function fileSystemOf({ argv, writablePaths }: ServiceSpec): string[] {
  const needsTmp = [...argv, ...writablePaths].some((path) => /^\/(var\/)?tmp(\/|$)/.test(path))
  return [
    'ProtectSystem=strict',
    'ProtectHome=read-only',
    ...(needsTmp ? [] : ['PrivateTmp=yes']),
    `ReadWritePaths=${writablePaths.map(optional).join(' ')}`,
  ]
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

/** What is not there when it starts is left out, rather than a reason not to start. */
function optional(path: string): string {
  return quoted(`-${path}`)
}

function specifiers(text: string): string {
  return text.replaceAll('%', '%%')
}
