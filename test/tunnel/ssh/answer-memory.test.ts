import { expect, test } from 'vitest'
import { Secret } from '../../../src/shared/std/secret.ts'
import { AnswerMemory } from '../../../src/tunnel/ssh/answer-memory.ts'
import { scriptedPrompts } from '../../support/scripted-prompts.ts'

const signal = new AbortController().signal
const passphrase = (keyPath: string, attempt: number) => ({ kind: 'passphrase' as const, keyPath, attempt })
const password = (account: string, attempt: number) => ({ kind: 'password' as const, account, attempt })

test('TU15: a passphrase and a password are asked once, by whomever they are asked', async () => {
  const memory = new AnswerMemory()
  const person = scriptedPrompts({ passphrases: ['a'], passwords: ['b'] })
  for (const prompts of [memory.over(person), memory.over(scriptedPrompts({}))]) {
    expect((await prompts.passphrase(passphrase('/k', 1), signal))?.reveal()).toBe('a')
    expect((await prompts.password(password('me@vps', 1), signal))?.reveal()).toBe('b')
  }
  expect(person.asked).toHaveLength(2)
  expect(await memory.over(scriptedPrompts({})).passphrase(passphrase('/other', 1), signal)).toBe(undefined)
})

test('what turned out to be wrong is asked anew, counted as the person sees it, and forgotten when declined', async () => {
  const person = scriptedPrompts({ passphrases: ['old', 'new'] })
  const prompts = new AnswerMemory().over(person)
  await prompts.passphrase(passphrase('/k', 1), signal)
  expect((await prompts.passphrase(passphrase('/k', 1), signal))?.reveal()).toBe('old')
  expect((await prompts.passphrase(passphrase('/k', 2), signal))?.reveal()).toBe('new')
  expect(await prompts.passphrase(passphrase('/k', 3), signal)).toBe(undefined)
  expect(await prompts.passphrase(passphrase('/k', 1), signal)).toBe(undefined)
  expect(person.asked.map((question) => 'attempt' in question && question.attempt)).toEqual([1, 1, 2, 1])
})

test('a code of the moment and a host key are asked each time', async () => {
  const person = scriptedPrompts({ server: [['1'], ['2']], trust: [true, false] })
  const prompts = new AnswerMemory().over(person)
  const question = { kind: 'server' as const, account: 'me@vps', title: '', instructions: '', prompts: [] }
  const answers = [await prompts.answers(question, signal), await prompts.answers(question, signal)]
  expect(answers.map((list) => list?.map((answer) => answer.reveal()))).toEqual([['1'], ['2']])
  const key = { kind: 'host-key' as const, host: 'vps', keyType: 'ssh-ed25519', fingerprint: '', knownHostsPath: '' }
  expect([await prompts.trustHost(key, signal), await prompts.trustHost(key, signal)]).toEqual([true, false])
})

test('the passphrase of a key that was made a moment ago is known', async () => {
  const person = scriptedPrompts({})
  const memory = new AnswerMemory()
  memory.knowPassphrase('/k', new Secret('sesame'))
  expect((await memory.over(person).passphrase(passphrase('/k', 1), signal))?.reveal()).toBe('sesame')
  expect(person.asked).toEqual([])
})
