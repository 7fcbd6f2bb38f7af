/** Every line command: its words, one line of help, and where it is loaded from when it is asked for. */

import { channelCommands } from './channel-commands.ts'
import type { CommandRow } from './command-row.ts'
import { nodeRows } from './node-commands.ts'
import { wayCommands } from './table-ways.ts'

export const commandTable: readonly CommandRow[] = [
  {
    name: 'onboard',
    about: 'set this machine up, question by question',
    load: async () => (await import('./onboard.ts')).onboard,
  },
  {
    name: 'doctor',
    about: 'is everything as it should be? a line each',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'health',
    about: 'reachable, known, channels: one line each',
    load: async () => (await import('./health.ts')).health,
  },
  {
    name: 'status',
    about: 'gateway, sessions and channels at a glance',
    load: async () => (await import('./status.ts')).status,
  },
  {
    name: 'agent',
    about: 'send one message and print the answer',
    load: async () => (await import('./agent.ts')).agent,
  },
  {
    name: 'sessions list',
    about: 'sessions, newest first',
    load: async () => (await import('./sessions.ts')).sessionsList,
  },
  {
    name: 'sessions search',
    about: 'find words in all messages',
    load: async () => (await import('./sessions.ts')).sessionsSearch,
  },
  { name: 'models', about: 'models that can be chosen', load: async () => (await import('./models.ts')).models },
  { name: 'logs', about: "the end of the gateway's log", load: async () => (await import('./logs.ts')).logs },
  {
    name: 'audit log',
    about: 'who got in, approved, ran and changed what',
    load: async () => (await import('./audit-log.ts')).auditLog,
  },
  {
    name: 'security audit',
    about: 'what makes this gateway unsafe, and what to do',
    load: async () => (await import('./security-audit.ts')).securityAudit,
  },
  {
    name: 'tailscale status',
    about: 'how Tailscale is here, and what it serves',
    load: async () => (await import('./tailscale.ts')).tailscaleStatus,
  },
  {
    name: 'tailscale serve',
    about: 'reach this gateway from your tailnet',
    load: async () => (await import('./tailscale.ts')).tailscaleServe,
  },
  {
    name: 'tailscale funnel',
    about: 'reach it from the whole internet',
    load: async () => (await import('./tailscale.ts')).tailscaleFunnel,
  },
  {
    name: 'tailscale off',
    about: 'neither of both',
    load: async () => (await import('./tailscale.ts')).tailscaleOff,
  },
  {
    name: 'tailscale fix',
    about: 'make Tailscale serve what the settings say',
    load: async () => (await import('./tailscale.ts')).tailscaleFix,
  },
  {
    name: 'config get',
    about: 'one setting, or all in force',
    load: async () => (await import('./config.ts')).configGet,
  },
  {
    name: 'config set',
    about: 'change one setting, keep every comment',
    load: async () => (await import('./config.ts')).configSet,
  },
  {
    name: 'config unset',
    about: 'take one setting out of the file',
    load: async () => (await import('./config.ts')).configUnset,
  },
  {
    name: 'config validate',
    about: 'every problem of the file with its line',
    load: async () => (await import('./config.ts')).configValidate,
  },
  {
    name: 'config edit',
    about: 'open the file in $EDITOR, checked before it counts',
    load: async () => (await import('./config-edit.ts')).configEdit,
  },
  {
    name: 'config path',
    about: 'where the file is',
    load: async () => (await import('./config.ts')).configPath,
  },
  ...wayCommands,
  {
    name: 'gateway start',
    about: 'run the gateway in the foreground, or start its service',
    load: async () => (await import('./gateway-control.ts')).gatewayStart,
    takesAll: true,
  },
  {
    name: 'gateway run',
    about: 'run it in the foreground',
    load: async () => (await import('./gateway-control.ts')).gatewayRun,
    takesAll: true,
  },
  {
    name: 'gateway stop',
    about: 'end the gateway of this machine',
    load: async () => (await import('./gateway-control.ts')).gatewayStop,
  },
  {
    name: 'gateway restart',
    about: 'end it and start it again',
    load: async () => (await import('./gateway-control.ts')).gatewayRestart,
  },
  {
    name: 'gateway status',
    about: 'whether it runs, with its facts',
    load: async () => (await import('./gateway-status.ts')).gatewayStatus,
  },
  {
    name: 'gateway install',
    about: 'a service that starts by itself and stays up',
    load: async () => (await import('./gateway-service.ts')).gatewayInstall,
  },
  {
    name: 'gateway uninstall',
    about: 'forget that service',
    load: async () => (await import('./gateway-service.ts')).gatewayUninstall,
  },
  {
    name: 'gateway health',
    about: 'how long it takes to answer',
    load: async () => (await import('./gateway-wire.ts')).gatewayHealth,
  },
  {
    name: 'gateway probe',
    about: 'try what a terminal needs',
    load: async () => (await import('./gateway-wire.ts')).gatewayProbe,
  },
  {
    name: 'gateway call',
    about: 'call any method of the wire',
    load: async () => (await import('./gateway-wire.ts')).gatewayCall,
  },
  {
    name: 'backup',
    about: 'all this gateway keeps, in one private file',
    load: async () => (await import('./backup.ts')).backup,
  },
  {
    name: 'restore',
    about: 'put a backup in place, here or elsewhere',
    load: async () => (await import('./restore.ts')).restore,
  },
  {
    name: 'completion',
    about: 'what your shell needs to complete all this',
    load: async () => (await import('./completion.ts')).completionOf(commandTable),
  },
  ...channelCommands,
  ...nodeRows,
  {
    name: 'devices list',
    about: 'devices approved and waiting',
    load: async () => (await import('./devices.ts')).devicesList,
  },
  {
    name: 'devices pair',
    about: 'a code that approves the device it is typed on',
    load: async () => (await import('./devices-pair.ts')).devicesPair,
  },
  {
    name: 'devices approve',
    about: 'let a waiting device in',
    load: async () => (await import('./devices.ts')).devicesApprove,
  },
  {
    name: 'devices reject',
    about: 'refuse a waiting device',
    load: async () => (await import('./devices.ts')).devicesReject,
  },
  {
    name: 'devices revoke',
    about: 'end what a device holds, for good',
    load: async () => (await import('./devices-token.ts')).devicesRevoke,
  },
  {
    name: 'devices rotate',
    about: 'replace the tokens of a device',
    load: async () => (await import('./devices-token.ts')).devicesRotate,
  },
  {
    name: 'token rotate',
    about: 'another token for the gateway of this machine',
    load: async () => (await import('./token.ts')).tokenRotate,
  },
  {
    name: 'password set',
    about: 'a password for the gateway of this machine',
    load: async () => (await import('./password.ts')).passwordSet,
  },
  {
    name: 'secrets list',
    about: 'names in gateway.env, and secrets in the settings',
    load: async () => (await import('./secrets.ts')).secretsList,
  },
  {
    name: 'secrets set',
    about: 'keep a secret in gateway.env',
    load: async () => (await import('./secrets.ts')).secretsSet,
  },
  {
    name: 'secrets unset',
    about: 'take one out',
    load: async () => (await import('./secrets.ts')).secretsUnset,
  },
  {
    name: 'secrets move',
    about: 'move secrets there from the settings',
    load: async () => (await import('./secrets.ts')).secretsMove,
  },
]

/** What a group means without its second word. */
export const groupDefaults: Readonly<Record<string, string>> = {
  sessions: 'sessions list',
  profiles: 'profiles list',
  tunnel: 'tunnel list',
  security: 'security audit',
  tailscale: 'tailscale status',
  channels: 'channels list',
  pairing: 'pairing list',
  secrets: 'secrets list',
}
