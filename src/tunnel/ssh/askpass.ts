/**
 * Lets the system's `ssh` ask the person through us: its helper (`SSH_ASKPASS`) brings each question over a socket in a
 * folder that only this account can enter, and carries the answer back on its standard output. No secret is ever in an
 * argument, in the environment or in a file.
 */

import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Lifetime } from '../../shared/std/lifetime.ts'
import type { Prompts } from '../prompts.ts'
import { readAskpass } from './askpass-text.ts'
import type { SshHost } from './host.ts'

export type Askpass = AsyncDisposable & {
  /** For the environment of `ssh`. */
  readonly env: Readonly<Record<string, string>>
  /** Why the first question without an answer had none. */
  readonly problem: unknown
}

/** Sends what it was given and prints the answer; without one it fails, and `ssh` tries what is next. */
const helper = `
const socket = require('node:net').connect(process.argv[2])
socket.end(JSON.stringify({ text: process.argv[3] ?? '', hint: process.argv[4] ?? '' }))
let answer = ''
socket.setEncoding('utf8').on('data', (piece) => { answer += piece })
socket.on('error', () => process.exit(1))
socket.on('close', () => answer === '' ? process.exit(1) : process.stdout.write(answer))
`

export async function openAskpass(host: SshHost, prompts: Prompts, signal: AbortSignal): Promise<Askpass> {
  await using life = new Lifetime()
  const folder = await mkdtemp(join(tmpdir(), 'clawdbot-ask-'))
  life.defer(() => rm(folder, { recursive: true, force: true }))
  const path = (name: string) => join(folder, name)
  await writeFile(path('ask.cjs'), helper, { mode: 0o600 })
  const words = [process.execPath, path('ask.cjs'), path('socket')].map(quoted).join(' ')
  await writeFile(path('ask'), `#!/bin/sh\nexec ${words} "$1" "$SSH_ASKPASS_PROMPT"\n`, { mode: 0o700 })

  const asker = new Asker(host, prompts, signal)
  const server = createServer({ allowHalfOpen: true }, (socket) => void asker.serve(socket))
  server.listen(path('socket'))
  await once(server, 'listening')
  life.defer(() => void server.close())
  return {
    env: { SSH_ASKPASS: path('ask'), SSH_ASKPASS_REQUIRE: 'force' },
    get problem() {
      return asker.problem
    },
    [Symbol.asyncDispose]: life.move(),
  }
}

class Asker {
  problem: unknown
  readonly #host: SshHost
  readonly #prompts: Prompts
  readonly #signal: AbortSignal
  /** How often each key and account was asked about. */
  readonly #attempts = new Map<string, number>()

  constructor(host: SshHost, prompts: Prompts, signal: AbortSignal) {
    this.#host = host
    this.#prompts = prompts
    this.#signal = signal
  }

  async serve(socket: Socket): Promise<void> {
    socket.on('error', () => {}) // ssh has ended meanwhile
    try {
      const asked: { text: string; hint: string } = JSON.parse(await text(socket))
      const answer = await this.#answer(asked.text, asked.hint)
      socket.end(answer === undefined ? '' : `${answer}\n`)
    } catch (error) {
      this.problem ??= error
      socket.destroy()
    }
  }

  async #answer(asked: string, hint: string): Promise<string | undefined> {
    const question = readAskpass(asked, hint, this.#host)
    switch (question.kind) {
      case 'notice':
        return ''
      case 'host-key':
        return (await this.#prompts.trustHost(question, this.#signal)) ? 'yes' : 'no'
      case 'passphrase': {
        const attempt = this.#count(question.keyPath)
        return (await this.#prompts.passphrase({ ...question, attempt }, this.#signal))?.reveal()
      }
      case 'password': {
        const attempt = this.#count(question.account)
        return (await this.#prompts.password({ ...question, attempt }, this.#signal))?.reveal()
      }
      case 'server':
        return (await this.#prompts.answers(question, this.#signal))?.[0]?.reveal()
    }
  }

  #count(name: string): number {
    const attempt = (this.#attempts.get(name) ?? 0) + 1
    this.#attempts.set(name, attempt)
    return attempt
  }
}

/** For a shell. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}
