import { expect, test } from 'vitest'
import { createLanes } from '../../../src/server/sessions/lanes.ts'

const never = new AbortController().signal

/** A task that is begun and ended by hand. */
function task(log: string[], name: string) {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const run = () => {
    log.push(name)
    return promise
  }
  return { run, end: () => resolve(name), fail: () => reject(new Error(name)) }
}

test('one at a time per session, in order, a failure included; sessions run side by side', async () => {
  const lanes = createLanes()
  const log: string[] = []
  const [a, b, c, other] = ['a', 'b', 'c', 'other'].map((name) => task(log, name))
  if (!a || !b || !c || !other) throw new Error('four tasks')
  const first = lanes.enqueue('k', a.run, never)
  const second = lanes.enqueue('k', b.run, never)
  const third = lanes.enqueue('k', c.run, never)
  const aside = lanes.enqueue('l', other.run, never)
  await Promise.resolve()
  expect(log).toEqual(['a', 'other'])
  expect([lanes.isBusy('k'), lanes.isBusy('none')]).toEqual([true, false])
  a.fail()
  await expect(first).rejects.toThrow('a')
  b.end()
  c.end()
  other.end()
  expect(await Promise.all([second, third, aside])).toEqual(['b', 'c', 'other'])
  expect(log).toEqual(['a', 'other', 'b', 'c'])
  expect([lanes.isBusy('k'), lanes.isBusy('l')]).toEqual([false, false])
})

test('a waiting task that is called off hears of it at once, never starts, and holds up nobody', async () => {
  const lanes = createLanes()
  const log: string[] = []
  const [a, b, c] = ['a', 'b', 'c'].map((name) => task(log, name))
  if (!a || !b || !c) throw new Error('three tasks')
  const controller = new AbortController()
  const first = lanes.enqueue('k', a.run, never)
  const second = lanes.enqueue('k', b.run, controller.signal)
  const third = lanes.enqueue('k', c.run, never)
  controller.abort(new Error('called off'))
  await expect(second).rejects.toThrow('called off')
  a.end()
  c.end()
  expect(await Promise.all([first, third])).toEqual(['a', 'c'])
  expect(log).toEqual(['a', 'c'])
  expect(lanes.isBusy('k')).toBe(false)
})
