import { expect, test } from 'vitest'
import { ask, collect, providerContract, textOf } from '../contract/provider.ts'
import { calls, pause, scriptedProvider } from './scripted-provider.ts'

providerContract('the scripted fake', async () => ({
  provider: scriptedProvider([
    ({ messages }) => {
      const last = messages.at(-1)
      return last?.content === 'run uptime' ? [calls('exec', { command: 'uptime' })] : ['several ', 'words']
    },
  ]),
  model: 'model',
  [Symbol.asyncDispose]: async () => {},
}))

test('a pause holds the reply until the test goes on, and a failure in the script is thrown', async () => {
  const gate = pause()
  const provider = scriptedProvider([['before', gate, 'after'], [new Error('scripted failure')]])
  const stream = provider.stream(ask('model', 'a'), new AbortController().signal)[Symbol.asyncIterator]()
  expect((await stream.next()).value).toEqual({ type: 'text', text: 'before' })
  gate.go()
  expect((await stream.next()).value).toEqual({ type: 'text', text: 'after' })
  await expect(collect(provider.stream(ask('model', 'b'), new AbortController().signal))).rejects.toThrow(
    'scripted failure',
  )
  expect(provider.requests.map(({ messages }) => messages[0]?.content)).toEqual(['a', 'b'])
})

test('a signal ends a pause and is counted', async () => {
  const stop = new AbortController()
  const provider = scriptedProvider([['before', pause()]])
  const reading = collect(provider.stream(ask('model', 'a'), stop.signal))
  stop.abort(new Error('stop'))
  await expect(reading).rejects.toThrow('stop')
  expect(provider.aborted).toBe(1)
  expect(textOf(await collect(scriptedProvider([['x']]).stream(ask('model', 'a'), new AbortController().signal)))).toBe(
    'x',
  )
})
