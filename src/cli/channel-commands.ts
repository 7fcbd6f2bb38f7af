/** The line commands about chat services and the people who write from them; rows of the table. */

export const channelCommands = [
  {
    name: 'channels list',
    about: 'chat services there are',
    load: async () => (await import('./channels.ts')).channelsList,
  },
  {
    name: 'channels status',
    about: 'how each of them is',
    load: async () => (await import('./channels.ts')).channelsStatus,
  },
  {
    name: 'channels add',
    about: 'set one up',
    load: async () => (await import('./channels-set-up.ts')).channelsAdd,
  },
  {
    name: 'channels remove',
    about: 'take one out',
    load: async () => (await import('./channels-set-up.ts')).channelsRemove,
  },
  {
    name: 'channels logout',
    about: 'forget its token',
    load: async () => (await import('./channels.ts')).channelsLogout,
  },
  {
    name: 'channels send',
    about: 'send a message to somebody',
    load: async () => (await import('./channels.ts')).channelsSend,
  },
  {
    name: 'pairing list',
    about: 'people who wrote and wait for approval',
    load: async () => (await import('./pairing.ts')).pairingList,
  },
  {
    name: 'pairing approve',
    about: 'let somebody write',
    load: async () => (await import('./pairing.ts')).pairingApprove,
  },
  {
    name: 'pairing reject',
    about: 'refuse somebody',
    load: async () => (await import('./pairing.ts')).pairingReject,
  },
  {
    name: 'pairing revoke',
    about: 'no longer let somebody write',
    load: async () => (await import('./pairing.ts')).pairingRevoke,
  },
] as const
