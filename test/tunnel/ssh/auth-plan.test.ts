import { describe, expect, test } from 'vitest'
import {
  chooseMethod,
  type LoginEvent,
  type LoginPolicy,
  newLoginState,
  refuse,
} from '../../../src/tunnel/ssh/auth-plan.ts'

const policy: LoginPolicy = {
  ...{ batchMode: false, passwordPrompts: 3, preferredAuthentications: undefined },
  ...{ pubkey: true, keyboardInteractive: true, password: true },
}
const takes = (...methods: string[]): LoginEvent => ({ methods, isPartial: false })
const then = (...methods: string[]): LoginEvent => ({ methods, isPartial: true })
const all = takes('publickey', 'keyboard-interactive', 'password', 'gssapi-with-mic')
/** The server says this to everything, until nothing is left to try. */
const always = (event: LoginEvent) => Array.from({ length: 30 }, () => event)

/** Plays a login: each event is what the server says to the last attempt, the first to none at all. */
function play(host: LoginPolicy, keys: number, events: readonly LoginEvent[]): string {
  const said: string[] = []
  let state = newLoginState(host, keys)
  for (const event of events) {
    state = refuse(state, event)
    const next = chooseMethod(state)
    state = next.state
    said.push(next.choice ? `${next.choice.method} ${next.choice.attempt}` : 'nothing')
    if (!next.choice) break
  }
  return said.join(', ')
}

describe('a login', () => {
  test('keys come first, then questions, then the password, each as often as it may', () => {
    expect(play(policy, 2, always(all))).toBe(
      'publickey 1, publickey 2, keyboard-interactive 1, keyboard-interactive 2, keyboard-interactive 3, ' +
        'password 1, password 2, password 3, nothing',
    )
  })

  test('TU15: of twelve keys five are offered, and a password still has its turn', () => {
    expect(play(policy, 12, always(takes('publickey', 'password')))).toBe(
      'publickey 1, publickey 2, publickey 3, publickey 4, publickey 5, password 1, password 2, password 3, nothing',
    )
  })

  test('TU16: a key that is one part of the login leads to the next part, and no key is offered twice', () => {
    const events = [takes('publickey'), takes('publickey'), then('keyboard-interactive'), takes('keyboard-interactive')]
    expect(play(policy, 3, events)).toBe('publickey 1, publickey 2, keyboard-interactive 1, keyboard-interactive 2')
    expect(play(policy, 3, [takes('publickey'), then('publickey', 'password'), takes('publickey')])).toBe(
      'publickey 1, publickey 2, publickey 3',
    )
  })

  test('TU16: after a part of the login, questions and passwords begin anew', () => {
    const two = takes('password')
    expect(play({ ...policy, passwordPrompts: 2 }, 0, [two, two, then('password', 'keyboard-interactive')])).toBe(
      'password 1, password 2, keyboard-interactive 1',
    )
    expect(play({ ...policy, passwordPrompts: 2 }, 0, [two, two, then('password'), takes('password')])).toBe(
      'password 1, password 2, password 1, password 2',
    )
  })

  test('what the person does not answer is not asked again', () => {
    expect(play(policy, 0, [all, { declined: 'keyboard-interactive' }, { declined: 'password' }])).toBe(
      'keyboard-interactive 1, password 1, nothing',
    )
  })

  test('nothing is tried before the server has said what it takes', () => {
    expect(chooseMethod(newLoginState(policy, 3)).choice).toBeUndefined()
  })

  test.each<[string, Partial<LoginPolicy>, string]>([
    [
      'the configured order',
      { preferredAuthentications: ['password', 'hostbased', 'publickey'] },
      'password 1, publickey 1, nothing',
    ],
    ['a method that is switched off', { pubkey: false, keyboardInteractive: false }, 'password 1, nothing'],
    ['BatchMode, which asks nothing', { batchMode: true }, 'publickey 1, nothing'],
    ['no prompts at all', { passwordPrompts: 0 }, 'publickey 1, nothing'],
  ])('%s is respected', (_what, change, attempts) => {
    const host = { ...policy, passwordPrompts: 1, ...change }
    expect(play(host, 1, always(all)).replace(/keyboard-interactive 1, /, '')).toBe(attempts)
  })

  test('a server that takes nothing we have ends it at once', () => {
    expect(play(policy, 3, [takes('hostbased')])).toBe('nothing')
    expect(play(policy, 3, [takes()])).toBe('nothing')
  })
})
