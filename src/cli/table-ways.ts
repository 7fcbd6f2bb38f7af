/** The part of the table that is about reaching gateways elsewhere: profiles, tunnels and SSH. */

import type { CommandRow } from './command-row.ts'

export const wayCommands: readonly CommandRow[] = [
  {
    name: 'use',
    about: 'choose the gateway for commands that name none',
    load: async () => (await import('./profiles.ts')).use,
  },
  {
    name: 'profiles list',
    about: 'saved gateways and the ways to each',
    load: async () => (await import('./profiles.ts')).profilesList,
  },
  {
    name: 'profiles add',
    about: 'save a gateway under a name',
    load: async () => (await import('./profiles-edit.ts')).profilesAdd,
  },
  {
    name: 'profiles pair',
    about: 'get this device approved by a code of another one',
    load: async () => (await import('./profiles-pair.ts')).profilesPair,
  },
  {
    name: 'profiles edit',
    about: 'change a saved gateway',
    load: async () => (await import('./profiles-edit.ts')).profilesEdit,
  },
  {
    name: 'profiles trust',
    about: 'accept the next key of a gateway that was set up anew',
    load: async () => (await import('./profiles-trust.ts')).profilesTrust,
  },
  {
    name: 'profiles remove',
    about: 'forget a saved gateway',
    load: async () => (await import('./profiles.ts')).profilesRemove,
  },
  {
    name: 'profiles test',
    about: 'connect to one and show how far it comes',
    load: async () => (await import('./profiles-test.ts')).profilesTest,
  },
  {
    name: 'profiles import',
    about: 'find gateways that are known elsewhere',
    load: async () => (await import('./profiles-import.ts')).profilesImport,
  },
  {
    name: 'profiles export',
    about: 'print the list for another machine',
    load: async () => (await import('./profiles-import.ts')).profilesExport,
  },
  {
    name: 'profiles use',
    about: 'the same as use',
    load: async () => (await import('./profiles.ts')).profilesUse,
  },
  {
    name: 'tunnel up',
    about: 'a local port that is a far gateway, kept open',
    load: async () => (await import('./tunnel-up.ts')).tunnelUp,
  },
  {
    name: 'tunnel down',
    about: 'end it',
    load: async () => (await import('./tunnel-status.ts')).tunnelDown,
  },
  {
    name: 'tunnel status',
    about: 'how it is doing',
    load: async () => (await import('./tunnel-status.ts')).tunnelStatus,
  },
  {
    name: 'tunnel list',
    about: 'every tunnel that runs',
    load: async () => (await import('./tunnel-status.ts')).tunnelList,
  },
  {
    name: 'tunnel install',
    about: 'a service that keeps it up',
    load: async () => (await import('./tunnel-service.ts')).tunnelInstall,
  },
  {
    name: 'tunnel uninstall',
    about: 'forget that service',
    load: async () => (await import('./tunnel-service.ts')).tunnelUninstall,
  },
  {
    name: 'ssh setup',
    about: 'a key, let in to a server, and a profile for it',
    load: async () => (await import('./ssh-setup.ts')).sshSetup,
  },
]
