import { expect, test } from 'vitest'
import { createBus, type News } from '../../../src/server/bus.ts'
import { Teller } from '../../../src/server/runs/teller.ts'
import { ManualClock } from '../../support/clock.ts'

const run = { runId: 'r', sessionKey: 'main', canonicalKey: 'agent:main:main', agentId: 'main' }

function setup(store: (text: string) => void = () => {}) {
  const clock = new ManualClock()
  const happened: string[] = []
  const bus = createBus((error) => {
    throw error
  })
  bus.subscribe((news: News) => {
    if (news.type === 'run.text' || news.type === 'run.thinking')
      happened.push(`told ${news.type} ${news.offset} "${news.text}"`)
  })
  const log = {
    checkpoint(_runId: string, offset: number, text: string, kind: string) {
      store(text)
      happened.push(`stored ${kind} ${offset} "${text}"`)
    },
  }
  const teller = new Teller({ log, bus, clock }, run)
  let length = 0
  const say = (text: string, type: 'text' | 'thinking' = 'text') => {
    teller.add({ type, offset: length, text, stepOffset: length, stepText: text })
    length += text.length
  }
  return { teller, clock, happened, say }
}

test('the first piece is stored and then told at once; those that follow fast go together', () => {
  const { clock, happened, say } = setup()
  for (const word of ['One', ' two', ' three', ' four']) say(word)
  expect(happened).toEqual(['stored text 0 "One"', 'told run.text 0 "One"'])
  clock.advance(8)
  expect(happened.slice(2)).toEqual(['stored text 3 " two three four"', 'told run.text 3 " two three four"'])
})

test('a slow model is told piece by piece, none later than it came', () => {
  const { clock, happened, say } = setup()
  for (const word of ['a', 'b', 'c']) {
    say(word)
    expect(happened.at(-1)).toContain(`"${word}"`)
    clock.advance(10)
  }
})

test('words wait for no thought: what changes kind is told in order', () => {
  const { teller, happened, say } = setup()
  say('hm', 'thinking')
  say(' so', 'thinking')
  say('Yes.')
  teller.flush()
  expect(happened.filter((each) => each.startsWith('told'))).toEqual([
    'told run.thinking 0 "hm"',
    'told run.thinking 2 " so"',
    'told run.text 5 "Yes."',
  ])
})

test('what cannot be stored is never told, and the run hears of it', () => {
  const full = new Error('the disk is full')
  const { teller, clock, happened, say } = setup((text) => {
    if (text.includes('three')) throw full
  })
  say('One')
  say(' two three')
  clock.advance(8)
  expect(() => say(' four')).toThrow(full)
  expect(() => teller.flush()).toThrow(full)
  teller.close()
  expect(happened).toEqual(['stored text 0 "One"', 'told run.text 0 "One"'])
})
