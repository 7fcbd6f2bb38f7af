import { expect, test } from 'vitest'
import { watchPrompts } from '../../src/client/questions.ts'
import { Secret } from '../../src/shared/std/secret.ts'
import { noPrompts, type Prompts } from '../../src/tunnel/prompts.ts'

const passphrase = { kind: 'passphrase', keyPath: '/k', attempt: 1 } as const
const host = {
  kind: 'host-key',
  host: 'h',
  keyType: 'ssh-ed25519',
  fingerprint: 'SHA256:x',
  knownHostsPath: '/h',
} as const

function watched(parts: Partial<Prompts>) {
  const story: boolean[] = []
  const prompts = watchPrompts({ ...noPrompts, ...parts }, (isAsking) => story.push(isAsking))
  return { story, prompts, signal: new AbortController().signal }
}

test('several questions at once are one time of waiting, and each gets its own answer', async () => {
  const trusted = Promise.withResolvers<boolean>()
  const typed = Promise.withResolvers<Secret | undefined>()
  const { story, prompts, signal } = watched({ trustHost: () => trusted.promise, passphrase: () => typed.promise })
  const answers = [prompts.trustHost(host, signal), prompts.passphrase(passphrase, signal)]
  expect(story).toEqual([true])
  trusted.resolve(true)
  await answers[0]
  expect(story).toEqual([true])
  const secret = new Secret('s')
  typed.resolve(secret)
  expect(await Promise.all(answers)).toEqual([true, secret])
  expect(story).toEqual([true, false])
})

test('a question that nobody can be asked is over too', async () => {
  const { story, prompts, signal } = watched({})
  await expect(
    prompts.answers({ kind: 'server', account: 'a', title: '', instructions: '', prompts: [] }, signal),
  ).rejects.toThrow('a asks')
  await expect(
    prompts.gatewaySecret({ kind: 'gateway-secret', profile: 'p', secret: 'token' }, signal),
  ).rejects.toThrow('token')
  await expect(prompts.password({ kind: 'password', account: 'a', attempt: 1 }, signal)).rejects.toThrow('password')
  expect(story).toEqual([true, false, true, false, true, false])
})
