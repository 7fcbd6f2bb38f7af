import fc from 'fast-check'
import { expect, test } from 'vitest'
import { maxKeptBytes, OutputKeeper, WholeCharacters } from '../../src/exec/output.ts'

const bytes = (text: string) => Buffer.from(text)

test('EX12: short output is kept whole, long output by its two ends, and the gap says its size', () => {
  const keeper = new OutputKeeper(8)
  keeper.append(bytes('abcd'))
  keeper.append(bytes('ef'))
  expect([keeper.text(), keeper.omittedBytes]).toEqual(['abcdef', 0])
  keeper.append(bytes('ghijklmn'))
  expect(keeper.text()).toBe('abcd\n[… 6 bytes of output left out here …]\nklmn')
  expect(keeper.lastText(3)).toBe('lmn')
})

test('EX12: however it arrives and however much is asked for, at most 1 MiB is kept', () => {
  const keeper = new OutputKeeper(Number.MAX_SAFE_INTEGER)
  for (let i = 0; i < 100; i++) keeper.append(Buffer.alloc(50_000, 'x'))
  keeper.append(Buffer.alloc(3_000_000, 'y'))
  expect(keeper.totalBytes).toBe(8_000_000)
  expect(keeper.totalBytes - keeper.omittedBytes).toBe(maxKeptBytes)
})

test('the ends that are kept are the ends that came, in pieces of any size', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 20 })),
      fc.integer({ min: 2, max: 40 }),
      (parts, limit) => {
        const keeper = new OutputKeeper(limit)
        for (const part of parts) keeper.append(bytes(part))
        const all = parts.join('')
        const head = all.slice(0, Math.ceil(limit / 2))
        const tail = all.slice(head.length).slice(-Math.floor(limit / 2))
        const note = `\n[… ${all.length - limit} bytes of output left out here …]\n`
        expect(keeper.text()).toBe(all.length <= limit ? all : head + note + tail)
      },
    ),
  )
})

test('characters torn at any byte come out whole, and a cut never shows half of one', () => {
  const text = 'aé日😀'.repeat(5)
  const whole = new WholeCharacters()
  const out = [...bytes(text)].map((byte) => Buffer.from(whole.push(Uint8Array.of(byte))).toString())
  expect(out.join('')).toBe(text)
  expect(out.some((piece) => piece.includes('\uFFFD'))).toBe(false)
  const keeper = new OutputKeeper(7)
  keeper.append(bytes('日本語日本語'))
  expect(keeper.text()).not.toContain('\uFFFD')
})
