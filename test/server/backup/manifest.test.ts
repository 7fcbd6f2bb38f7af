import { expect, test } from 'vitest'
import { readManifest } from '../../../src/server/backup/manifest.ts'

const ours = { version: '1.0.0', schema: 3 }

test.each(['', 'null', '3', '[]', '{}', '{"format":1,"parts":3}'])('%j is told as no list of contents', (text) => {
  expect(() => readManifest(text, ours)).toThrow('its list of contents cannot be read')
})

test('one of a later format is told as newer, whatever else it says', () => {
  expect(() => readManifest('{"format":999}', ours)).toThrow('The backup is of a newer Clawdbot (format 999)')
})
