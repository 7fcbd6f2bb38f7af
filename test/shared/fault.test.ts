import { expect, test } from 'vitest'
import { Fault, faultText } from '../../src/shared/fault.ts'

test('what happened and what to do are two sentences, whoever wrote the first', () => {
  const text = (message: string, remedy?: string) =>
    faultText(new Fault('provider.unavailable', message, remedy === undefined ? {} : { remedy }))
  expect(text('local failed (500): boom', 'Send it again.')).toBe('local failed (500): boom. Send it again.')
  expect(text('It is over.', 'Wait.')).toBe('It is over. Wait.')
  expect(text('混み合っています。', 'Wait.')).toBe('混み合っています。 Wait.')
  expect(text('no more to say')).toBe('no more to say')
})
