import { expect, test } from 'vitest'
import { nobody, type Person } from '../../src/cli/person.ts'
import { terminalPrompts } from '../../src/cli/prompts.ts'
import { Secret } from '../../src/shared/std/secret.ts'
import type { HostKeyQuestion } from '../../src/tunnel/prompts.ts'

/** A person who gives these answers in turn, and everything that was shown. */
function answering(...answers: (string | undefined)[]) {
  const shown: string[] = []
  const next = async (question: string) => {
    shown.push(question)
    await Promise.resolve()
    return answers.shift()
  }
  const person: Person = {
    isThere: true,
    confirm: async () => false,
    line: next,
    input: async () => '',
    async hidden(question) {
      const answer = await next(`(hidden) ${question}`)
      return answer === undefined ? undefined : new Secret(answer)
    },
  }
  return { prompts: terminalPrompts(person, (text) => shown.push(text)), shown }
}

const { signal } = new AbortController()
const key: HostKeyQuestion = {
  kind: 'host-key',
  host: '[vps.example]:2222',
  keyType: 'ssh-ed25519',
  fingerprint: 'SHA256:abc',
  knownHostsPath: '/home/u/.ssh/known_hosts',
}

test.each<[(string | undefined)[], boolean]>([
  [['yes'], true],
  [['YES '], true],
  [['SHA256:abc'], true],
  [['y', 'maybe', 'yes'], true],
  [['no'], false],
  [[''], false],
  [[undefined], false],
  [['y', 'SHA256:abd', 'sha256:abc', 'yes'], false],
])('an unknown host key is trusted for a whole yes or its fingerprint only: %j', async (answers, expected) => {
  const { prompts, shown } = answering(...answers)
  expect(await prompts.trustHost(key, signal)).toBe(expected)
  for (const fact of ['[vps.example]:2222', 'ssh-ed25519', 'SHA256:abc', '/home/u/.ssh/known_hosts']) {
    expect(shown.slice(0, 3).join('')).toContain(fact)
  }
})

test('secrets are asked for hidden, and a second attempt says that the first was wrong', async () => {
  const { prompts, shown } = answering('a', 'b', 'c', undefined)
  expect((await prompts.passphrase({ kind: 'passphrase', keyPath: '/k', attempt: 1 }, signal))?.reveal()).toBe('a')
  await prompts.passphrase({ kind: 'passphrase', keyPath: '/k', attempt: 2 }, signal)
  await prompts.password({ kind: 'password', account: 'me@vps', attempt: 1 }, signal)
  const question = { kind: 'gateway-secret', profile: 'vps', secret: 'token' } as const
  expect(await prompts.gatewaySecret(question, signal)).toBeUndefined()
  expect(shown).toEqual([
    '(hidden) Passphrase of the key /k: ',
    'That is not its passphrase.\n',
    '(hidden) Passphrase of the key /k: ',
    '(hidden) Password of me@vps: ',
    '(hidden) Gateway token of the profile vps: ',
  ])
})

test('EX14: what a server says is escaped, quoted line by line, and cut', async () => {
  const { prompts, shown } = answering('1234', 'open')
  const question = {
    ...({ kind: 'server', account: 'me@vps' } as const),
    title: 'Welcome\u001b[2J\r\n\u202eevil',
    instructions: `Passphrase of the key /k: \n${'x\n'.repeat(50)}`,
    prompts: [
      { text: 'Code\u0007:\nand more ', isEchoed: false },
      { text: 'y'.repeat(500), isEchoed: true },
    ],
  }
  const answers = await prompts.answers(question, signal)
  expect(answers?.map((answer) => answer.reveal())).toEqual(['1234', 'open'])
  const [said = '', first, second = ''] = shown
  const lines = said.split('\n').slice(0, -1)
  expect(lines[0]).toBe('me@vps says:')
  expect(lines.slice(1, 4)).toEqual(['  │ Welcome\\x1b[2J', '  │ \\u202eevil', '  │ Passphrase of the key /k: '])
  expect(lines).toHaveLength(21)
  expect(first).toBe('(hidden) me@vps asks: Code\\x07: and more ')
  expect(second).toHaveLength('me@vps asks:  '.length + 120)
})

test('giving up one answer gives up all', async () => {
  const { prompts } = answering('one', undefined, 'three')
  const ask = { text: '?', isEchoed: false }
  const question = { kind: 'server', account: 'a', title: '', instructions: '', prompts: [ask, ask, ask] } as const
  expect(await prompts.answers(question, signal)).toBeUndefined()
})

test('two that ask at once are answered one after the other', async () => {
  const { prompts, shown } = answering('one', 'two', 'yes')
  const ask = { text: 'first', isEchoed: true }
  const both = {
    kind: 'server',
    account: 'a',
    title: '',
    instructions: '',
    prompts: [ask, { ...ask, text: 'second' }],
  } as const
  const [answers, isTrusted] = await Promise.all([prompts.answers(both, signal), prompts.trustHost(key, signal)])
  expect([answers?.map((one) => one.reveal()), isTrusted]).toEqual([['one', 'two'], true])
  expect(shown.slice(0, 2)).toEqual(['a asks: first ', 'a asks: second '])
})

test('when another way was faster, the open question ends its line and the one behind it is not asked', async () => {
  const shown: string[] = []
  const ending = new AbortController()
  const person: Person = {
    ...nobody(async () => ''),
    isThere: true,
    line: async (question) => {
      shown.push(question)
      ending.abort(new Error('another way was faster'))
      throw ending.signal.reason
    },
  }
  const prompts = terminalPrompts(person, (text) => shown.push(text))
  const asked = [prompts.trustHost(key, ending.signal), prompts.trustHost(key, ending.signal)]
  for (const { status } of await Promise.allSettled(asked)) expect(status).toBe('rejected')
  expect(shown.slice(3)).toEqual(['Trust it (yes/no/[fingerprint])? ', '\n'])
})

test('where nobody is, every question is refused', async () => {
  const prompts = terminalPrompts(
    nobody(async () => ''),
    () => {},
  )
  await expect(prompts.trustHost(key, signal)).rejects.toMatchObject({ code: 'ssh.needs-user' })
})
