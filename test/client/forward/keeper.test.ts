import { expect, test } from 'vitest'
import { type KeeperState, TunnelKeeper } from '../../../src/client/forward/keeper.ts'
import { Fault } from '../../../src/shared/fault.ts'
import { parseGatewayUrl } from '../../../src/tunnel/gateway-url.ts'
import type { Tunnel } from '../../../src/tunnel/tunnel.ts'
import { ManualClock } from '../../support/clock.ts'

/** Tunnels that open or fail as the test says, and end when it says. */
function scripted(outcomes: (Fault | 'up')[]) {
  const clock = new ManualClock()
  const states: KeeperState[] = []
  const ends: ((fault: Fault | undefined) => void)[] = []
  let disposed = 0
  const keeper = new TunnelKeeper({
    clock,
    random: () => 0.5,
    onState: (state) => states.push(state),
    open: async () => {
      const outcome = outcomes.shift() ?? 'up'
      if (outcome !== 'up') throw outcome
      const { promise, resolve } = Promise.withResolvers<Fault | undefined>()
      ends.push(resolve)
      return tunnelOf(promise, () => disposed++)
    },
  })
  const phases = () => states.map(({ phase }) => phase)
  return { clock, keeper, states, phases, ends, disposed: () => disposed }
}

function tunnelOf(closed: Promise<Fault | undefined>, onDispose: () => void): Tunnel {
  return {
    ...{
      url: parseGatewayUrl('ws://127.0.0.1:18789'),
      origin: 'ssh://vps/127.0.0.1:18789',
      route: 'ssh2 › vps',
      closed,
    },
    dial: async () => {
      throw new Error('nobody dials here')
    },
    [Symbol.asyncDispose]: async () => onDispose(),
  }
}

const lost = () => new Fault('ssh.lost', 'vps went silent', { retryable: true })
const never = new AbortController().signal

test('a lost tunnel is opened again, later each time, and the backoff starts over after a good one', async () => {
  const { clock, keeper, states, phases, ends, disposed } = scripted(['up', lost(), lost(), 'up', 'up'])
  expect((await keeper.tunnel(never)).route).toBe('ssh2 › vps')
  ends[0]?.(lost())
  await expect.poll(phases).toEqual(['opening', 'up', 'waiting'])
  expect(disposed()).toBe(1)
  clock.advance(125) // half of 0.25 s
  await expect.poll(phases).toEqual(['opening', 'up', 'waiting', 'opening', 'waiting'])
  clock.advance(250)
  await expect.poll(() => states.filter(({ phase }) => phase === 'waiting')).toHaveLength(3)
  expect(states.map((state) => state.phase === 'waiting' && state.delayMs).filter(Boolean)).toEqual([125, 250, 500])
  clock.advance(500)
  await expect.poll(() => phases().at(-1)).toBe('up')
  clock.advance(10_000)
  ends[1]?.(undefined) // closed without a reason is lost too
  await expect.poll(() => phases().at(-1)).toBe('waiting')
  expect(states.at(-1)).toMatchObject({ delayMs: 125, fault: { code: 'client.closed' } })
  await keeper[Symbol.asyncDispose]()
  expect(await keeper.ended).toBe(undefined)
})

test('what only a person can mend ends it at once', async () => {
  const changed = new Fault('ssh.host-key-changed', 'the host key of vps changed')
  const { keeper, phases } = scripted([changed])
  expect(await keeper.ended).toBe(changed)
  expect(phases()).toEqual(['opening'])
})

test('who connects while it is down waits for it, and is told why when it does not come', async () => {
  const { clock, keeper, phases } = scripted([lost(), 'up'])
  await expect.poll(phases).toEqual(['opening', 'waiting'])
  const patient = keeper.tunnel(never)
  clock.advance(125)
  expect((await patient).origin).toBe('ssh://vps/127.0.0.1:18789')
  await keeper[Symbol.asyncDispose]()

  const down = scripted(Array.from({ length: 50 }, lost))
  await expect.poll(down.phases).toEqual(['opening', 'waiting'])
  const refused = down.keeper.tunnel(never).then(
    () => 'a tunnel',
    (error: unknown) => (error as Fault).message,
  )
  let answer = ''
  void refused.then((text) => {
    answer = text
  })
  for (let i = 0; i < 200 && answer === ''; i++) {
    down.clock.advance(500)
    await new Promise(setImmediate)
  }
  expect(answer).toBe('vps went silent')
  await down.keeper[Symbol.asyncDispose]()
})

test('a wish ends with its signal, and with the keeper', async () => {
  const { keeper } = scripted([lost()])
  const wish = new AbortController()
  const first = keeper.tunnel(wish.signal)
  wish.abort(new Error('gone'))
  await expect(first).rejects.toThrow('gone')
  const second = keeper.tunnel(never)
  second.catch(() => {})
  await keeper[Symbol.asyncDispose]()
  await expect(second).rejects.toMatchObject({ code: 'ssh.lost' })
})
