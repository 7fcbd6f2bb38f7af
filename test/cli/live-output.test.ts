import { expect, test } from 'vitest'
import { LiveOutput } from '../../src/cli/live-output.ts'

function start() {
  const printed = { out: '', err: '' }
  const live = new LiveOutput(
    (text) => {
      printed.out += text
    },
    (text) => {
      printed.err += text
    },
  )
  const add = (offset: number, chunk: string, stream: 'stdout' | 'stderr' = 'stdout') =>
    live.add({ nodeId: 'n', idempotencyKey: 'k', stream, offset, chunk })
  return { live, add, printed }
}

test('without pieces the answer is printed', () => {
  const { live, printed } = start()
  live.end('a\u001b\n', 'b\n')
  expect(printed).toEqual({ out: 'a\\x1b\n', err: 'b\n' })
})

test('pieces are printed as they come, each once, and of the answer the rest', () => {
  const { live, add, printed } = start()
  add(0, 'one\n')
  add(0, 'one\n')
  add(0, 'oops\n', 'stderr')
  add(4, 'two')
  expect(printed).toEqual({ out: 'one\ntwo', err: 'oops\n' })
  live.end('one\ntwo\nthree\n', 'oops\n')
  add(8, 'three\n')
  expect(printed).toEqual({ out: 'one\ntwo\nthree\n', err: 'oops\n' })
})

test('after a hole the answer is waited for', () => {
  const { live, add, printed } = start()
  add(0, 'a')
  add(2, 'c')
  add(3, 'd')
  expect(printed.out).toBe('a')
  live.end('abcd', '')
  expect(printed.out).toBe('abcd')
})

test('of much output the answer keeps less than was printed: nothing is printed again', () => {
  const { live, add, printed } = start()
  add(0, 'x'.repeat(5000))
  add(5000, 'end')
  const kept = `${'x'.repeat(2000)}\n[… 1000 bytes of output left out here …]\n${'x'.repeat(2000)}end`
  expect(live.end(kept, '')).toBe(0)
  expect(printed.out).toBe(`${'x'.repeat(5000)}end`)
})

test('how much in between is lost is said, of both streams', () => {
  const kept = 'begun\n[… 1000 bytes of output left out here …]\ndone'
  expect(start().live.end(kept, '')).toBe(1000)
  expect(start().live.end(kept, kept)).toBe(2000)
  expect(start().live.end('begun', 'done')).toBe(0)
})

test('what was printed of the part that the node left out is not called lost', () => {
  const { live, add, printed } = start()
  add(0, 'begun…')
  add(900, 'a hole')
  expect(live.end('be\n[… 1000 bytes of output left out here …]\ndone', '')).toBe(994)
  expect(printed.out).toBe('begun…\n[… 994 bytes of output left out here …]\ndone')
})

test('what was printed up to the end that the node kept is continued, and nothing is lost', () => {
  const { live, add, printed } = start()
  add(0, 'begin, mïddle and')
  add(90, 'a hole')
  expect(live.end('begin\n[… 5 bytes of output left out here …]\nddle and end', '')).toBe(0)
  expect(printed.out).toBe('begin, mïddle and end')
})

test('what is kept of much output follows where the pieces had a hole', () => {
  const { live, add, printed } = start()
  add(0, 'abcdef')
  add(90, 'z')
  live.end('abc[… left out …]yz', '')
  expect(printed.out).toBe('abcdef\n[… after what was shown, the node kept this …]\n[… left out …]yz')
})
