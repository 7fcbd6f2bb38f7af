import { expect, test } from 'vitest'
import { configSchema } from '../../src/server/config/schema.ts'
import { planListening } from '../../src/server/listen-plan.ts'
import { tailscaleCommand } from '../../src/tunnel/tailscale/cli.ts'
import { standInTailscale } from '../support/tailscale/stand-in.ts'
import type { World } from '../support/tailscale/world.ts'

/** One of them is a provider's, of the range that Tailscale uses too. */
const addresses = ['127.0.0.1', '::1', '192.168.1.5', '100.70.0.9']

async function plan(gateway: object, world?: Partial<World>, more: { bind?: string; addresses?: string[] } = {}) {
  using standIn = world && standInTailscale(world)
  const { gateway: settings } = configSchema.parse({ gateway })
  return await planListening({
    gateway: settings,
    bind: more.bind,
    home: '/home/ada',
    defaultSocket: '/home/ada/.clawdbot/gateway.sock',
    tailscale: standIn?.command ?? tailscaleCommand({}, []),
    signal: AbortSignal.timeout(5000),
    addresses: more.addresses ?? addresses,
  })
}

test('TR1: by default loopback, without asking Tailscale', async () => {
  const loopback = {
    hosts: ['127.0.0.1', '::1'],
    ownHosts: [],
    socket: undefined,
    isSecure: false,
    isLoopbackSilent: false,
  }
  expect(await plan({})).toEqual(loopback)
  expect(await plan({ bind: 'auto' })).toEqual(loopback)
})

test('OR2: on the tailnet, this machine answers to its address there and to its MagicDNS name', async () => {
  const tailnet = {
    hosts: ['100.101.1.1'],
    ownHosts: ['100.101.1.1', 'laptop.tail1234.ts.net'],
    socket: '/home/ada/.clawdbot/gateway.sock',
    isSecure: false,
    isLoopbackSilent: true,
  }
  expect(await plan({ bind: 'tailnet' }, {})).toEqual(tailnet)
  expect(await plan({}, {}, { bind: 'tailnet' })).toEqual(tailnet)
  expect(await plan({ bind: 'auto' }, {}, { addresses: ['192.168.1.5'] })).toEqual(tailnet)
})

test('OR2: on every address it answers to each of them, and to no name', async () => {
  expect(await plan({ bind: 'lan' })).toMatchObject({
    hosts: ['0.0.0.0'],
    ownHosts: addresses,
    isLoopbackSilent: false,
  })
  expect(await plan({ bind: 'custom', customBindHost: '192.168.1.5' })).toMatchObject({
    hosts: ['192.168.1.5'],
    ownHosts: ['192.168.1.5'],
    isLoopbackSilent: true,
  })
})

test.each([
  ['is not installed', undefined, 'Tailscale is not installed', 'https://tailscale.com/download'],
  ['does not run', { backend: 'down' }, 'its service does not run', 'systemctl start tailscaled'],
  ['is logged out', { backend: 'NeedsLogin' }, 'Tailscale is logged out', 'tailscale up'],
  ['is stopped', { backend: 'Stopped' }, 'Tailscale is stopped', 'tailscale up'],
  ['has no network interface', { tun: false }, 'without a network interface', 'gateway.tailscale.mode "serve"'],
] as const)(
  'where Tailscale %s, the tailnet cannot be bound, and nothing else is',
  async (_how, world, sentence, remedy) => {
    await expect(plan({ bind: 'tailnet' }, world)).rejects.toMatchObject({
      code: 'gateway.bind-refused',
      message: expect.stringContaining(sentence),
      remedy: expect.stringContaining(remedy),
    })
  },
)

test('the socket stands beside the port, or instead of it', async () => {
  expect(await plan({ socket: { enabled: true } })).toMatchObject({
    hosts: ['127.0.0.1', '::1'],
    socket: '/home/ada/.clawdbot/gateway.sock',
    isLoopbackSilent: false,
  })
  expect(await plan({ socket: { enabled: true, only: true, path: '~/run/gw.sock' } })).toEqual({
    hosts: [],
    ownHosts: [],
    socket: '/home/ada/run/gw.sock',
    isSecure: false,
    isLoopbackSilent: true,
  })
})

test.each(['192.168.1.5', '127.0.0.2', '::1', '::'])(
  'at %s alone 127.0.0.1 does not answer, so programs of this machine get the socket',
  async (customBindHost) => {
    expect(await plan({ bind: 'custom', customBindHost })).toMatchObject({
      socket: '/home/ada/.clawdbot/gateway.sock',
      isLoopbackSilent: true,
    })
  },
)

test('settings that contradict each other are told', () => {
  const issues = (gateway: object) =>
    configSchema.safeParse({ gateway }).error?.issues.map(({ path }) => path.join('.'))
  expect(issues({ socket: { only: true } })).toEqual(['gateway.socket.only'])
  expect(issues({ auth: { allowTailscale: true } })).toEqual(['gateway.auth.tailscaleUsers'])
  expect(issues({ bind: 'lan', socket: { enabled: true, only: true } })).toEqual(['gateway.bind'])
})
