import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { WaitingRoom } from '../../../../src/server/gateway/admission/waiting-room.ts'

class Visitor extends EventEmitter {
  isGone = false
  destroy() {
    this.isGone = true
    this.emit('close')
  }
}

function room(usual: number, most = usual) {
  let clear = () => {}
  const waiting = new WaitingRoom({ usual, most }, (task) => {
    clear = task
  })
  const enter = (source: string, key: unknown = {}) => {
    const visitor = new Visitor()
    waiting.enter(visitor, key, source)
    return visitor
  }
  return { waiting, enter, turn: () => clear() }
}

test('IN1: a source that floods pushes out its own, oldest first, and nobody else', () => {
  const { waiting, enter } = room(4)
  const owner = enter('owner')
  const flood = Array.from({ length: 100 }, () => enter('flood'))
  expect(waiting.size).toBe(4)
  expect(owner.isGone).toBe(false)
  expect(flood.map(({ isGone }) => isGone)).toEqual([...Array(97).fill(true), false, false, false])
})

test('IN1: who came a moment ago is read before it has to leave, unless there are far too many', () => {
  const { waiting, enter, turn } = room(2, 5)
  const owner = enter('a')
  const crowd = Array.from({ length: 4 }, () => enter('a'))
  turn()
  turn()
  expect([waiting.size, owner.isGone]).toEqual([5, false])
  turn()
  expect([owner, ...crowd].map(({ isGone }) => isGone)).toEqual([true, true, true, false, false])
  const next = Array.from({ length: 6 }, () => enter('a'))
  expect(waiting.size).toBe(5)
  expect(next[0]?.isGone).toBe(true)
})

test('IN1: of many sources with one each, the oldest leaves', () => {
  const { enter } = room(3)
  const crowd = ['a', 'b', 'c', 'd', 'e'].map((source) => enter(source))
  expect(crowd.map(({ isGone }) => isGone)).toEqual([true, true, false, false, false])
})

test('IN1: who has logged in waits no more, whatever comes', () => {
  const { waiting, enter } = room(2)
  const owner = enter('a', 'owner')
  waiting.leave('owner')
  for (let i = 0; i < 10; i++) enter('a')
  expect([owner.isGone, waiting.size]).toEqual([false, 2])
})

test('IN1: behind a proxy each is counted as who it is', () => {
  const { waiting, enter } = room(3)
  const owner = enter('proxy', 'owner')
  waiting.comesFrom('owner', '198.51.100.1')
  const flood = [1, 2, 3].map((key) => {
    const visitor = enter('proxy', key)
    waiting.comesFrom(key, '203.0.113.9')
    return visitor
  })
  expect([owner, ...flood].map(({ isGone }) => isGone)).toEqual([false, true, false, false])
})

test('IN1: a place is free when its socket closes, once however it ends', () => {
  const { waiting, enter } = room(2)
  const first = enter('a', 'one')
  first.destroy()
  const second = enter('a', 'one') // the same addresses, used again
  first.emit('close')
  waiting.comesFrom('gone', 'b')
  expect([waiting.size, second.isGone]).toEqual([1, false])
  second.destroy()
  expect(waiting.size).toBe(0)
})
