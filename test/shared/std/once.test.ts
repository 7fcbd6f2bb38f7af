import { expect, test } from 'vitest'
import { once } from '../../../src/shared/std/once.ts'

test('what is made is made when it is first asked for, and then the same', () => {
  let made = 0
  const get = once(() => ({ number: ++made }))
  expect(made).toBe(0)
  expect(get()).toBe(get())
  expect(made).toBe(1)
})

test('what could not be made is tried again', () => {
  let tries = 0
  const get = once(() => {
    if (++tries === 1) throw new Error('not yet')
    return { tries }
  })
  expect(get).toThrow('not yet')
  expect(get()).toEqual({ tries: 2 })
})
