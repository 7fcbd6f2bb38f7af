/** A new user of `clawdbot ssh setup`: an account on a server, and no key yet. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AuthContext } from 'ssh2'
import type { Person } from '../../src/cli/person.ts'
import { Secret } from '../../src/shared/std/secret.ts'
import { Home } from '../client/support.ts'
import { type Ssh2Server, startSsh2Server } from '../support/ssh2-server.ts'
import { clawdbot, type WorldOptions } from './world.ts'

export const env = { PATH: process.env.PATH, USER: 'ann' }
export const gatewayToken = 'a-token-that-the-gateway-made-0123456789'

export function keysAt(farHome: string): string {
  const keys = join(farHome, '.ssh/authorized_keys')
  return existsSync(keys) ? readFileSync(keys, 'utf8') : ''
}

/** Lets in who knows the password, and who has a key that is listed in the far home. */
function loginAt(farHome: string) {
  return (attempt: AuthContext) => {
    const listed = keysAt(farHome)
    if (attempt.method === 'password' && attempt.password === 'hunter2') return attempt.accept()
    if (attempt.method === 'publickey' && listed.includes(attempt.key.data.toString('base64'))) return attempt.accept()
    attempt.reject(['publickey', 'password'])
  }
}

/** A person who has no key yet, and a server with a home of the account there; both homes are new. */
export async function newUser(login: (farHome: string) => (attempt: AuthContext) => void = loginAt) {
  const home = await Home.make()
  const farHome = join(home.dir, 'far')
  mkdirSync(join(farHome, '.clawdbot'), { recursive: true })
  writeFileSync(join(farHome, '.clawdbot/gateway-token'), `${gatewayToken}\n`)
  const server = await startSsh2Server({ login: login(farHome), farHome })
  mkdirSync(join(home.dir, '.ssh'), { mode: 0o700 })
  writeFileSync(join(home.dir, '.ssh/known_hosts'), readFileSync(join(server.home, '.ssh/known_hosts')))
  return {
    ...{ home, farHome, server },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await home[Symbol.asyncDispose]()
    },
  }
}

export const setup = (home: Home, server: Ssh2Server, words: string[], options: WorldOptions = {}) =>
  clawdbot(home, ['ssh', 'setup', `deploy@127.0.0.1:${server.port}`, ...words], { env, ...options })

/** Says yes, and types these where nothing is shown. */
export function person(hidden: string[] = [], yes = true): Person & { readonly asked: string[] } {
  const asked: string[] = []
  return {
    ...{ isThere: true, asked, line: async () => undefined, input: async () => '' },
    async confirm(question) {
      asked.push(question)
      return yes
    },
    async hidden(question) {
      asked.push(question)
      const answer = hidden.shift()
      return answer === undefined ? undefined : new Secret(answer)
    },
  }
}
