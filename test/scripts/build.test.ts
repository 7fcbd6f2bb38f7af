import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { built } from '../support/programs.ts'

test('the build succeeds, the code split included', () => {
  expect(inject('buildFailure')).toBe('')
})

test('a licence text lies beside the code of others', () => {
  const folder = dirname(built('clawdbot'))
  expect(readFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), 'utf8')).toContain('contain code of these packages')
})

test('production React is what was bundled', () => {
  const folder = dirname(built('clawdbot'))
  const texts = readdirSync(folder)
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
  // A warning that only the development build of React can print.
  expect(texts.some((text) => text.includes('Each child in a list should have a unique'))).toBe(false)
})
