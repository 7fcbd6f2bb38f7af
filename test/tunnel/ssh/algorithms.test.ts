import { expect, test } from 'vitest'
import { chooseAlgorithms } from '../../../src/tunnel/ssh/algorithms.ts'
import type { Algorithms } from '../../../src/tunnel/ssh/host.ts'

const defaults = ['gcm', 'ctr', 'chacha']
const supported = [...defaults, 'cbc']

test.each<[Algorithms['mode'], string[], string[]]>([
  ['only', ['cbc', 'never', 'ctr'], ['cbc', 'ctr']],
  ['only', ['never'], []],
  ['append', ['cbc', 'gcm', 'never'], ['gcm', 'ctr', 'chacha', 'cbc']],
  ['prepend', ['chacha', 'cbc'], ['chacha', 'cbc', 'gcm', 'ctr']],
  ['remove', ['c*'], ['gcm']],
])('%s %j gives %j', (mode, names, chosen) => {
  expect(chooseAlgorithms({ mode, names }, defaults, supported)).toEqual(chosen)
})

test('nothing configured: the defaults', () => {
  expect(chooseAlgorithms(undefined, defaults, supported)).toEqual(defaults)
})
