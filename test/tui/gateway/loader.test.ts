import { expect, test } from 'vitest'
import { startLoader } from '../../../src/tui/gateway/loader.ts'
import { reduce } from '../../../src/tui/store/reduce.ts'
import { initialState } from '../../../src/tui/store/state.ts'
import { createStore } from '../../../src/tui/store/store.ts'
import { ManualClock } from '../../support/clock.ts'
import { scriptedGateway } from '../../support/scripted-gateway.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** A store and a loader over a scripted gateway; nothing but the test tells the store of the connection. */
function setup(answers: Parameters<typeof scriptedGateway>[0] = {}) {
  const script = scriptedGateway(answers)
  const store = createStore(
    reduce,
    initialState({ sessionKey: 'main', columns: 80, rows: 24, connection: script.gateway.view }),
  )
  const clock = new ManualClock()
  const loader = startLoader({ gateway: script.gateway, store, clock, onError: () => {} })
  const hear = () => store.dispatch({ type: 'connection.changed', view: script.gateway.view })
  const histories = () => script.calls.filter(({ method }) => method === 'chat.history').length
  return { script, store, loader, hear, histories }
}

test('history is fetched when the gateway is there', async () => {
  const { script, hear, histories } = setup()
  script.arrive()
  hear()
  await turn()
  expect(histories()).toBe(1)
})

test('a loss that the state has not heard of yet asks for nothing, so nothing is asked again and again', async () => {
  const { script, store, hear, histories } = setup()
  script.arrive()
  hear()
  await turn()
  script.lose(0)
  store.dispatch({ type: 'history.failed', key: 'agent:main:main' })
  await turn() // an endless chain of failed calls would never let this return
  expect(histories()).toBe(1)
})

test('the models are fetched anew each time they are looked at; those known stay when that fails', async () => {
  const model = (id: string) => ({ id, name: id, provider: 'p' })
  const answers = [() => [model('old')], () => [model('old'), model('new')], () => expect.unreachable()]
  const { script, store, hear } = setup({ 'models.list': () => ({ models: answers.shift()?.() ?? [] }) })
  script.arrive()
  hear()
  const look = async () => {
    store.dispatch({ type: 'overlay.opened', overlay: 'models' })
    await turn()
    const { models, overlay } = store.get()
    store.dispatch({ type: 'overlay.closed' })
    return [overlay?.kind, ...models.rows.map(({ id }) => id)]
  }
  expect(await look()).toEqual(['models', 'old'])
  expect(await look()).toEqual(['models', 'old', 'new'])
  expect(await look()).toEqual(['models', 'old', 'new'])
})

test.each([
  [['operator.read'], 0],
  [['operator.read', 'operator.approvals'], 1],
])('one that holds %s asks %d times which commands wait', async (scopes, count) => {
  const { script, hear } = setup()
  script.hello({ auth: { role: 'operator', scopes } })
  script.arrive()
  hear()
  await turn()
  expect(script.calls.filter(({ method }) => method === 'exec.approval.list')).toHaveLength(count)
})

test('a device that asks while the devices are on their way is not lost with an answer that is older', async () => {
  const device = { requestId: 'q1', deviceId: 'd1', publicKey: 'k', ts: 0 }
  let asked = 0
  const { script, store, hear } = setup({
    'device.pair.list': () => {
      asked += 1
      if (asked === 1) store.dispatch({ type: 'device.asked', device, at: 0 })
      return { pending: asked === 1 ? [] : [device], paired: [] }
    },
  })
  script.hello({ features: { methods: ['device.pair.list'] } })
  script.arrive()
  hear()
  await turn()
  expect(store.get().devices.waiting).toMatchObject([device])
  expect(asked).toBe(2)
})

test('a loader that has ended asks for nothing more, whatever the state says', async () => {
  const { script, store, loader, hear, histories } = setup()
  script.arrive()
  hear()
  await turn()
  loader[Symbol.dispose]()
  store.dispatch({ type: 'history.failed', key: 'agent:main:main' })
  await turn()
  expect(histories()).toBe(1)
})
