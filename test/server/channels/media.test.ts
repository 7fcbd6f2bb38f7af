import { join } from 'node:path'
import { expect, test } from 'vitest'
import { safeName, takeAttachments } from '../../../src/server/channels/media.ts'
import { Fault } from '../../../src/shared/fault.ts'
import { systemClock } from '../../../src/shared/std/clock.ts'

const never = new AbortController().signal

test.each([
  ['report.pdf', 'report.pdf'],
  ['../../etc/passwd', '_.._etc_passwd'],
  ['/etc/shadow', '_etc_shadow'],
  ['..', 'file'],
  ['.bashrc', 'bashrc'],
  ['a\0b\n.txt', 'a_b_.txt'],
  ['C:\\x\\y.exe', 'C__x_y.exe'],
  ['写真.png', '写真.png'],
  ['', 'file'],
  [`${'x'.repeat(300)}.txt`, `${'x'.repeat(80)}.txt`],
])('EX16: a file called %j stays one part of a path', (given, name) => {
  expect(safeName(given)).toBe(name)
  expect(join('/inbox', safeName(given))).toMatch(/^\/inbox\/[^/]+$/)
})

test('photos are for the model, files for the agent, and what is too large or refused is told', async () => {
  const kept: string[] = []
  const parts = {
    limitBytes: 100,
    clock: systemClock,
    signal: never,
    channel: {
      async fetch({ ref }: { ref: string }) {
        if (ref === 'gone') throw new Fault('channel.refused', 'Telegram says: invalid file_id')
        return Buffer.from(ref)
      },
    },
    async keep(name: string) {
      kept.push(name)
      return `inbox/${name}`
    },
  }
  const taken = await takeAttachments(parts, [
    { kind: 'photo', ref: 'p', name: 'p.jpg', mimeType: 'image/jpeg' },
    { kind: 'file', ref: 'data', name: 'a.csv', mimeType: 'text/csv' },
    { kind: 'file', ref: 'big', name: 'big.zip', mimeType: 'application/zip', sizeBytes: 101 },
    { kind: 'file', ref: 'gone', name: 'gone.txt', mimeType: 'text/plain' },
  ])
  expect(taken.images.map(({ fileName }) => fileName)).toEqual(['p.jpg'])
  expect(taken.notes[0]).toBe('[File inbox/a.csv (text/csv, 4 bytes)]')
  expect(taken.refusals).toEqual([
    expect.stringMatching(/^big\.zip is larger than/),
    'gone.txt could not be taken: Telegram says: invalid file_id',
  ])
  expect(kept).toEqual(['a.csv'])
})
