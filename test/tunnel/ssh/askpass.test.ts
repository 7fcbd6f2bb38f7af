import { expect, test } from 'vitest'
import { readAskpass } from '../../../src/tunnel/ssh/askpass-text.ts'
import type { SshHost } from '../../../src/tunnel/ssh/host.ts'

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

test('each question of ssh is one of ours', () => {
  const read = (text: string, hint = '') => readAskpass(text, hint, host)
  expect(read(authenticity)).toEqual({
    ...{ kind: 'host-key', host: 'vps', keyType: 'ssh-ed25519', fingerprint: print },
    knownHostsPath: '/home/me/.ssh/known_hosts',
  })
  expect(read("Enter passphrase for key '/home/me/.ssh/id_rsa': ")).toEqual({
    kind: 'passphrase',
    keyPath: '/home/me/.ssh/id_rsa',
  })
  expect(read("deploy@vps.example's password: ")).toEqual({ kind: 'password', account: 'deploy@vps' })
  expect(read('Confirm user presence for key ED25519-SK', 'none')).toEqual({ kind: 'notice' })
  expect(read('Enter PIN for ED25519-SK key: ')).toMatchObject({ kind: 'server', account: 'deploy@vps' })
})

test('TU16: a server cannot pass off its own words as a question about a key', () => {
  for (const text of [
    "(deploy@vps) Enter passphrase for key '/k': ",
    `(deploy@vps) ${authenticity}`,
    "(a@b) a@b's password: ",
  ]) {
    expect(readAskpass(text, '', host)).toMatchObject({ kind: 'server', prompts: [{ text, isEchoed: false }] })
  }
})
