import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { personAt, type Terminal } from '../../src/cli/terminal-person.ts'

/** A terminal of two streams: what is typed, and everything that was shown. */
function terminal(raise = () => {}) {
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    raw: false,
    setRawMode(isRaw: boolean) {
      input.raw = isRaw
    },
  })
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80 })
  let shown = ''
  output.on('data', (chunk) => {
    shown += String(chunk)
  })
  return { input, person: personAt({ input, output, raise } as Terminal), shown: () => shown }
}

const signal = () => new AbortController().signal

test('a hidden answer is read key by key and never shown; erasing works', async () => {
  const { input, person, shown } = terminal()
  const answer = person.hidden('Passphrase: ', signal())
  expect(input.raw).toBe(true)
  input.write('sey')
  input.write('\u007fcrét\r')
  expect((await answer)?.reveal()).toBe('secrét')
  expect(shown()).toBe('Passphrase: \n')
  expect(input.raw).toBe(false)
})

test('ctrl+d on an empty line gives up, and an end from outside gives the terminal back', async () => {
  const { input, person } = terminal()
  const gaveUp = person.hidden('? ', signal())
  input.write('\u0004')
  expect(await gaveUp).toBe(undefined)
  const control = new AbortController()
  const ended = person.hidden('? ', control.signal)
  control.abort(new Error('over'))
  await expect(ended).rejects.toThrow('over')
  expect(input.raw).toBe(false)
})

test.each(['hidden', 'line'] as const)('ctrl+c at a %s question is the signal, and no answer', async (kind) => {
  const control = new AbortController()
  const { input, person } = terminal(() => control.abort(new Error('interrupted')))
  const asked = person[kind]('? ', control.signal)
  input.write('half\u0003')
  await expect(asked).rejects.toThrow()
  expect([control.signal.aborted, input.raw]).toEqual([true, false])
})

test('enter alone takes the default, anything unclear is asked again', async () => {
  const { input, person, shown } = terminal()
  const first = person.confirm('Add it?', false, signal())
  input.write('\r')
  expect(await first).toBe(false)
  const second = person.confirm('Add it?', false, signal())
  input.write('perhaps\r')
  await expect.poll(shown).toContain('Please answer yes or no.')
  input.write('YES\r')
  expect(await second).toBe(true)
})

test('a question from afar cannot move the cursor', async () => {
  const { input, person, shown } = terminal()
  const answer = person.hidden('code\u001b[2J: ', signal())
  input.write('1\r')
  await answer
  expect(shown()).toContain('code\\x1b[2J: ')
})

test('without a terminal nobody is asked, and what was piped in can be read', async () => {
  const input = new PassThrough()
  input.end('piped\n')
  const person = personAt({ input, output: new PassThrough(), raise: () => {} })
  expect(person.isThere).toBe(false)
  await expect(person.confirm('Sure?', true, signal())).rejects.toMatchObject({ code: 'usage.invalid' })
  expect(await person.input()).toBe('piped\n')
})
