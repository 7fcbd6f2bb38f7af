import { expect, test } from 'vitest'
import { askStatus, listTailnetPeers, stateFault } from '../../../src/tunnel/tailscale/ask.ts'
import { findTailscale, tailscaleCommand } from '../../../src/tunnel/tailscale/cli.ts'
import { describeTailscale } from '../../contract/tailscale.ts'
import { standInTailscale } from '../../support/tailscale/stand-in.ts'
import type { World } from '../../support/tailscale/world.ts'

const signal = new AbortController().signal

const states: [string, Partial<World>, string, string, string][] = [
  ['its service does not run', { backend: 'down' }, 'tailscale.stopped', 'its service does not run', 'systemctl start'],
  ['logged out', { backend: 'NeedsLogin' }, 'tailscale.logged-out', 'is logged out', 'tailscale up'],
  [
    'logged out, with the address to log in',
    { backend: 'NeedsLogin', authUrl: 'https://login.tailscale.com/a/1b2c3d' },
    'tailscale.logged-out',
    'is logged out',
    'https://login.tailscale.com/a/1b2c3d',
  ],
  ['not approved', { backend: 'NeedsMachineAuth' }, 'tailscale.logged-out', 'waits for approval', 'admin/machines'],
  ['stopped', { backend: 'Stopped' }, 'tailscale.stopped', 'is stopped', 'tailscale up'],
  ['starting', { backend: 'Starting' }, 'tailscale.stopped', 'is still starting', 'by itself'],
  ['failing', { garbled: { stderr: 'boom\nmore' } }, 'tailscale.failed', 'exit code 1 (boom)', 'tailscale status'],
  [
    'talking nonsense',
    { garbled: { stdout: '<html>' } },
    'tailscale.failed',
    'does not understand',
    'tailscale status',
  ],
]

test.each(states)('%s: a sentence and a remedy of its own', async (_what, world, code, sentence, remedy) => {
  using standIn = standInTailscale(world)
  const fault = stateFault(await askStatus(standIn.command, { withPeers: false, signal }))
  expect(fault).toMatchObject({
    code,
    message: expect.stringContaining(sentence),
    remedy: expect.stringContaining(remedy),
  })
})

test('not installed has its own sentence, and a running one has none', async () => {
  using standIn = standInTailscale()
  const missing = await askStatus(tailscaleCommand({}, []), { withPeers: true, signal })
  expect(stateFault(missing)).toMatchObject({
    code: 'tailscale.missing',
    message: expect.stringContaining('not installed'),
  })
  expect(stateFault(await askStatus(standIn.command, { withPeers: false, signal }))).toBeUndefined()
})

test('the machines a person can choose from: online ones first, each with its names and addresses', async () => {
  using standIn = standInTailscale()
  const peers = await listTailnetPeers(standIn.command, signal)
  expect(peers.map(({ name }) => name)).toEqual(['desktop', 'old-box', 'phone', 'phone-1', 'vps', 'attic'])
  expect(peers[0]).toMatchObject({ dnsName: 'desktop.tail1234.ts.net', os: 'linux', isOnline: true })
  standIn.change({ backend: 'Stopped' })
  await expect(listTailnetPeers(standIn.command, signal)).rejects.toMatchObject({ code: 'tailscale.stopped' })
})

describeTailscale('the stand-in tailscale', () => standInTailscale().command)
const real = findTailscale(process.env)
if (real !== undefined) describeTailscale(`the real tailscale at ${real}`, () => tailscaleCommand(process.env))
