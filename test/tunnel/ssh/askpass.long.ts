import { execFile } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { openAskpass } from '../../../src/tunnel/ssh/askpass.ts'
import type { SshHost } from '../../../src/tunnel/ssh/host.ts'
import { scriptedPrompts } from '../../support/scripted-prompts.ts'

const host = {
  ...{ alias: 'vps', hostName: 'vps.example', user: 'deploy', port: 22, proxyJump: [] },
  typed: { user: 'deploy', host: 'vps', port: undefined },
  knownHostsFiles: { user: ['/home/me/.ssh/known_hosts'], global: [] },
} as unknown as SshHost

const print = `SHA256:${'a'.repeat(43)}`
const authenticity = `The authenticity of host 'vps (203.0.113.7)' can't be established.
ED25519 key fingerprint is ${print}.
This key is not known by any other names.
Are you sure you want to continue connecting (yes/no/[fingerprint])? `

test('the helper brings one answer for each question, only this account can reach it, and nothing stays behind', async () => {
  const person = scriptedPrompts({ trust: [true, false], passphrases: ["it's\nme"] })
  const askpass = await openAskpass(host, person, AbortSignal.timeout(10_000))
  const program = askpass.env.SSH_ASKPASS ?? ''
  const ask = (text: string) => promisify(execFile)(program, [text]).then(({ stdout }) => stdout)
  expect(statSync(dirname(program)).mode & 0o777).toBe(0o700)
  expect([await ask(authenticity), await ask(authenticity)]).toEqual(['yes\n', 'no\n'])
  expect(await ask("Enter passphrase for key '/k': ")).toBe("it's\nme\n")
  await expect(ask("Enter passphrase for key '/k': ")).rejects.toMatchObject({ code: 1 })
  expect(person.asked.map((question) => 'attempt' in question && question.attempt)).toEqual([false, false, 1, 2])
  await askpass[Symbol.asyncDispose]()
  expect(existsSync(dirname(program))).toBe(false)
})
