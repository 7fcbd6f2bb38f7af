import { expect, test } from 'vitest'
import { capabilityFault, serveFault } from '../../../src/tunnel/tailscale/serve-faults.ts'
import { parseStatus, type TailscaleStatus } from '../../../src/tunnel/tailscale/status.ts'
import { plainWorld, statusDocument, type World } from '../../support/tailscale/world.ts'

const status = (parts: Partial<World> = {}) =>
  parseStatus(JSON.stringify(statusDocument({ ...plainWorld, ...parts }, false))) as TailscaleStatus

const said = (stderr: string, stdout = '') => ({ kind: 'exited', code: 1, stdout, stderr }) as const

/** What Tailscale prints, word for word, and what comes of it. */
const outputs: [string, string, string, string][] = [
  [
    'HTTPS is off',
    'Funnel not available; HTTPS must be enabled. See https://tailscale.com/s/https.',
    'needs HTTPS certificates, which are off in this tailnet',
    'https://login.tailscale.com/admin/dns',
  ],
  [
    'no attribute',
    'Funnel not available; "funnel" node attribute not set. See https://tailscale.com/s/no-funnel.',
    'does not give it the attribute "funnel"',
    'https://login.tailscale.com/admin/acls/file',
  ],
  [
    'the port',
    'port 444 is not allowed for funnel; allowed ports are: 443,8443,10000',
    'Funnel may not use port 444',
    'gateway.tailscale.port to one of 443,8443,10000',
  ],
  ['the port, barely', 'port 444 is not allowed for funnel', 'Funnel may not use port 444', '443,8443,10000'],
  [
    'no operator',
    "sending serve config: Access denied: serve config denied\n\nUse 'sudo tailscale serve --bg 3000'.",
    'This account may not change what Tailscale serves',
    'sudo tailscale set --operator=$USER',
  ],
  [
    'not enabled',
    'Serve is not enabled on your tailnet.\nTo enable, visit:\n\n         https://login.tailscale.com/f/serve?node=n1\n',
    'Funnel is not enabled in this tailnet',
    'Enable it at https://login.tailscale.com/f/serve?node=n1',
  ],
  [
    'shields up',
    'sending serve config: Unable to turn on Funnel while shields-up is enabled',
    'shields-up',
    'tailscale set --shields-up=false',
  ],
  ['old', 'flag provided but not defined: -bg', 'Tailscale 1.50.1 is too old', 'tailscale update'],
]

test.each(outputs)('TS11, TS12: %s has a sentence and a remedy of its own', (_what, stderr, sentence, remedy) => {
  expect(serveFault('funnel', said(stderr), '1.50.1')).toMatchObject({
    code: 'tailscale.denied',
    message: expect.stringContaining(sentence),
    remedy: expect.stringContaining(remedy),
  })
})

test('TS11: an unknown failure is quoted, one line of it, and may be passing', () => {
  expect(serveFault('serve', said('boom: the thing\nbroke'), '1.94.1')).toMatchObject({
    code: 'tailscale.failed',
    message: 'Serve could not be turned on: tailscale says "boom: the thing"',
    retryable: true,
  })
  expect(serveFault('serve', { kind: 'timeout', stdout: '', stderr: '' }, '')).toMatchObject({
    message: expect.stringContaining('did not end in time'),
  })
})

test.each([
  ['serve', 443, { version: '1.50.1-tabc' }, 'Tailscale 1.50.1 is too old for this: Serve and Funnel need 1.52'],
  ['serve', 443, { https: false }, 'Serve needs HTTPS certificates'],
  ['serve', 443, { self: { name: 'laptop', dnsName: '', addresses: ['100.101.1.1'] } }, 'needs a MagicDNS name'],
  ['funnel', 443, { funnel: false }, 'attribute "funnel"'],
  ['funnel', 444, {}, 'Funnel may not use port 444'],
  ['funnel', 8443, { funnel: '443' }, 'Funnel may not use port 8443'],
] as const)(
  'TS9, TS11, TS12: %s on port %i with %j is ruled out before anything is changed',
  (mode, port, world, sentence) => {
    expect(capabilityFault(mode, port, status(world as Partial<World>))).toMatchObject({
      code: 'tailscale.denied',
      message: expect.stringContaining(sentence),
      remedy: expect.stringMatching(/\S/),
    })
  },
)

test('what is allowed is no fault: ports are those the tailnet names, ranges included', () => {
  expect(capabilityFault('serve', 8080, status())).toBeUndefined()
  expect([443, 8443, 10_000].map((port) => capabilityFault('funnel', port, status()))).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  expect(capabilityFault('funnel', 8500, status({ funnel: '443,8000-9000' }))).toBeUndefined()
  expect(capabilityFault('serve', 443, status({ version: '2.0.1' }))).toBeUndefined()
})
