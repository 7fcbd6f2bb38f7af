/** What a service may not do, as lines of a systemd unit. Pure; `quote` writes one word. */

import type { ServiceSpec } from './spec.ts'

/**
 * `namespaces` confines the file system, for which a user's own manager needs user namespaces; some systems forbid
 * those, and there the unit ends with status 226 or 218. `plain` is everything that works without.
 */
export type Confinement = 'namespaces' | 'plain'

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

/** What only the manager of the whole system can take away. Other processes stay visible: an agent is asked about them. */
const ofTheSystem = [
  'CapabilityBoundingSet=',
  'AmbientCapabilities=',
  'KeyringMode=private',
  'PrivateDevices=yes',
  'DevicePolicy=closed',
  'ProtectClock=yes',
  'ProtectControlGroups=yes',
  'ProtectHostname=yes',
  'ProtectKernelLogs=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelTunables=yes',
]

export function confinementLines(spec: ServiceSpec, confinement: Confinement, quote: (text: string) => string) {
  return [
    ...always,
    ...(spec.account === undefined ? [] : ofTheSystem),
    ...(confinement === 'plain' ? [] : fileSystemOf(spec, quote)),
  ]
}

/** A file system of its own, in which only `ReadWritePaths` can be written; what lies in a temporary folder stays visible. */
function fileSystemOf({ argv, writablePaths }: ServiceSpec, quote: (text: string) => string): string[] {
  const needsTmp = [...argv, ...writablePaths].some((path) => /^\/(var\/)?tmp(\/|$)/.test(path))
  return [
    'ProtectSystem=strict',
    'ProtectHome=read-only',
    ...(needsTmp ? [] : ['PrivateTmp=yes']),
    // What is not there when it starts is left out, rather than a reason not to start.
    `ReadWritePaths=${writablePaths.map((path) => quote(`-${path}`)).join(' ')}`,
  ]
}
