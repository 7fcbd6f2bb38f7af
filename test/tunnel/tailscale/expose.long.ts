import { expect, test } from 'vitest'
import { expose, type Placement, withdraw } from '../../../src/tunnel/tailscale/expose.ts'
import { type StandIn, standInTailscale } from '../../support/tailscale/stand-in.ts'

const host = 'laptop.tail1234.ts.net'
const ours = 'unix:/state/serve.sock'
const theirs = 'http://127.0.0.1:3000'
const signal = new AbortController().signal

type Wish = { mode?: 'serve' | 'funnel'; port?: number; target?: string; previous?: Placement }

function place({ command }: StandIn, { mode = 'serve', port = 443, target = ours, previous }: Wish = {}) {
  return expose({ command, mode, port, previous, prepare: async () => target, signal })
}

const placed = (...targets: string[]): Placement => ({ host, port: 443, targets })
const web = (handlers: Record<string, string>, port = 443) => ({
  TCP: { [port]: { HTTPS: true } },
  Web: {
    [`${host}:${port}`]: {
      Handlers: Object.fromEntries(Object.entries(handlers).map(([at, target]) => [at, { Proxy: target }])),
    },
  },
})

test('TS1: Serve is on when `serve status` shows it, with the address to open; doing it again changes nothing', async () => {
  using tailscale = standInTailscale()
  expect(await place(tailscale)).toEqual({ host, port: 443, target: ours, mode: 'serve', url: `https://${host}/` })
  expect(tailscale.served()).toEqual(web({ '/': ours }))
  const calls = tailscale.calls().length
  await place(tailscale)
  expect(tailscale.calls().slice(calls)).toEqual(['status --json --peers=false', 'serve status --json'])
})

test('TS1: Funnel is on when `serve status` says so, and off when Serve is asked for', async () => {
  using tailscale = standInTailscale()
  const wish = { mode: 'funnel', port: 8443 } as const
  expect(await place(tailscale, wish)).toMatchObject({ url: `https://${host}:8443/` })
  expect(tailscale.served()).toMatchObject({ AllowFunnel: { [`${host}:8443`]: true } })
  await place(tailscale, { port: 8443 })
  expect(tailscale.served()).toEqual(web({ '/': ours }, 8443))
})

test('TS1: exit code 0 without effect is a failure, and so is a question nobody answers', async () => {
  using tailscale = standInTailscale({ serveFails: 'idle' })
  await expect(place(tailscale)).rejects.toMatchObject({ code: 'tailscale.failed' })
  for (const serveFails of ['asks', 'waits'] as const) {
    tailscale.change({ serveFails })
    await expect(place(tailscale)).rejects.toMatchObject({
      code: 'tailscale.denied',
      remedy: 'Enable it at https://login.tailscale.com/f/serve?node=nLAPTOP',
    })
  }
  expect(tailscale.served()).toEqual({})
})

test.each([
  ['not installed', undefined, 'tailscale.missing'],
  ['stopped', { backend: 'Stopped' }, 'tailscale.stopped'],
  ['logged out', { backend: 'NeedsLogin' }, 'tailscale.logged-out'],
  ['without HTTPS', { https: false }, 'tailscale.denied'],
  ['not ours to operate', { isOperator: false }, 'tailscale.denied'],
  ['too old', { version: '1.48.0' }, 'tailscale.denied'],
] as const)('TS11: where Tailscale is %s nothing is changed', async (_how, world, code) => {
  using tailscale = standInTailscale(world)
  const { env, command } = world ? tailscale : { ...tailscale, command: async () => ({ kind: 'missing' }) as const }
  await expect(place({ ...tailscale, env, command })).rejects.toMatchObject({ code })
  expect(tailscale.served()).toEqual({})
})

test('TS3: a handler of somebody else at the same place is left alone, whatever it is', async () => {
  using tailscale = standInTailscale()
  const foreign = [
    web({ '/': theirs }),
    { TCP: { 443: { TCPForward: '127.0.0.1:22' } } },
    { Foreground: { session: web({ '/': theirs }) } },
  ]
  for (const state of foreign) {
    tailscale.serve(state)
    await expect(place(tailscale)).rejects.toMatchObject({
      code: 'tailscale.failed',
      remedy: expect.stringContaining('gateway.tailscale.port'),
    })
    expect(tailscale.served()).toEqual(state)
  }
})

test('TS3: others beside ours survive both coming and going', async () => {
  using tailscale = standInTailscale()
  const others = web({ '/files': theirs })
  tailscale.serve(others)
  await place(tailscale)
  expect(tailscale.served()).toEqual(web({ '/files': theirs, '/': ours }))
  expect(await withdraw(tailscale.command, placed(ours), signal)).toBe('removed')
  expect(tailscale.served()).toEqual(others)
  expect(tailscale.calls().some((call) => call.includes('reset'))).toBe(false)
})

test('TS3: Funnel never makes public what others serve on the port', async () => {
  using tailscale = standInTailscale()
  tailscale.serve(web({ '/files': theirs }))
  await expect(place(tailscale, { mode: 'funnel' })).rejects.toMatchObject({
    message: expect.stringContaining('serves /files too, which Funnel would make public'),
  })
  tailscale.serve({ ...web({ '/files': theirs }), AllowFunnel: { [`${host}:443`]: true } })
  await expect(place(tailscale)).rejects.toMatchObject({ message: expect.stringContaining('which Serve would end') })
})

test('TS10: what a crash left is replaced when it is ours, moved when the settings changed, and never when it is not', async () => {
  using tailscale = standInTailscale()
  tailscale.serve(web({ '/': 'http://127.0.0.1:40001/old' }))
  await place(tailscale, { previous: placed('http://127.0.0.1:40001/old', 'http://127.0.0.1:40002/newer') })
  expect(tailscale.served()).toEqual(web({ '/': ours }))
  await place(tailscale, { port: 8443, previous: placed(ours) })
  expect(tailscale.served()).toEqual(web({ '/': ours }, 8443))
  tailscale.serve(web({ '/': theirs }))
  await expect(place(tailscale, { previous: placed('http://127.0.0.1:40001/old') })).rejects.toThrow(
    'not ours to change',
  )
})

test('TS3: taking away finds out what stands there now', async () => {
  using tailscale = standInTailscale()
  expect(await withdraw(tailscale.command, placed(ours), signal)).toBe('absent')
  tailscale.serve(web({ '/': theirs }))
  expect(await withdraw(tailscale.command, placed(ours), signal)).toBe('foreign')
  expect(tailscale.served()).toEqual(web({ '/': theirs }))
  tailscale.serve(web({ '/': ours }))
  tailscale.change({ isOperator: false })
  await expect(withdraw(tailscale.command, placed(ours), signal)).rejects.toMatchObject({ code: 'tailscale.denied' })
})
