/** What a tunnel or a gateway wants to know, asked in the terminal of a line command. What comes from afar is shown as theirs. */

import { Secret } from '../shared/std/secret.ts'
import { ellipsize } from '../shared/std/text.ts'
import { noPrompts, type Prompts } from '../tunnel/prompts.ts'
import type { Person } from './person.ts'
import { harmless, oneLine } from './style.ts'

/** How often an answer that is none of those offered is asked for again. */
const triesForAnAnswer = 3
/** Most that a server may say before and in its questions. */
const longest = { lines: 20, line: 400, prompt: 120 }

/** `tell` writes to standard error. Questions come one after another, also when two ways ask at once. */
export function terminalPrompts(person: Person, tell: (text: string) => void): Prompts {
  if (!person.isThere) return noPrompts
  const inTurn = queue()
  const line = (question: string, signal: AbortSignal) =>
    person.line(question, signal).catch((reason: unknown) => {
      tell('\n') // it is over otherwise, and the question stands on a line of its own
      throw reason
    })
  return {
    trustHost: (question, signal) =>
      inTurn(signal, async () => {
        const { host, keyType, fingerprint, knownHostsPath } = question
        tell(`The authenticity of host ${oneLine(host)} cannot be established: it was never seen from here.\n`)
        tell(`Its ${oneLine(keyType)} key has the fingerprint ${oneLine(fingerprint)}\n`)
        tell(
          `Compare it with what the server's owner tells you. After a yes it is kept in ${oneLine(knownHostsPath)}\n`,
        )
        for (let i = 0; i < triesForAnAnswer; i++) {
          const answer = (await line('Trust it (yes/no/[fingerprint])? ', signal))?.trim() ?? ''
          if (answer === fingerprint || answer.toLowerCase() === 'yes') return true
          if (answer === '' || /^n(o)?$/i.test(answer)) return false
          tell('Please type yes, no, or the whole fingerprint as you know it.\n')
        }
        return false
      }),
    passphrase: ({ keyPath, attempt }, signal) =>
      inTurn(signal, async () => {
        if (attempt > 1) tell('That is not its passphrase.\n')
        return await person.hidden(`Passphrase of the key ${oneLine(keyPath)}: `, signal)
      }),
    password: ({ account, attempt }, signal) =>
      inTurn(signal, async () => {
        if (attempt > 1) tell('The server did not accept it.\n')
        return await person.hidden(`Password of ${oneLine(account)}: `, signal)
      }),
    answers: ({ account, title, instructions, prompts }, signal) =>
      inTurn(signal, async () => {
        const said = quoted([title, instructions])
        if (said !== '') tell(`${oneLine(account)} says:\n${said}`)
        const answers: Secret[] = []
        for (const { text, isEchoed } of prompts) {
          const shown = `${oneLine(account)} asks: ${ellipsize(oneLine(text).trim(), longest.prompt)} `
          const answer = isEchoed ? await line(shown, signal) : await person.hidden(shown, signal)
          if (answer === undefined) return undefined
          answers.push(typeof answer === 'string' ? new Secret(answer) : answer)
        }
        return answers
      }),
    gatewaySecret: ({ profile, secret }, signal) =>
      inTurn(signal, async () => await person.hidden(`Gateway ${secret} of the profile ${oneLine(profile)}: `, signal)),
    pairCode: ({ fingerprint, attempt }, signal) =>
      inTurn(signal, async () => {
        if (attempt > 1) tell('That code is wrong, used or too old, or this device was revoked.\n')
        else tell(`The gateway does not know this device yet; it waits for approval as ${oneLine(fingerprint)}\n`)
        const typed = await line('Pairing code shown on another device (Enter: none): ', signal)
        return typed?.trim() ? new Secret(typed) : undefined
      }),
  }
}

/** Every line behind a bar, so that none can pass for a line of ours. */
function quoted(texts: readonly string[]): string {
  const lines = texts
    .flatMap((text) => harmless(text.replaceAll('\r', '')).trim().split('\n'))
    .filter((line) => line !== '')
  return lines
    .slice(0, longest.lines)
    .map((line) => `  │ ${ellipsize(line, longest.line)}\n`)
    .join('')
}

/** What nobody wants to know any more when its turn comes is not asked. */
function queue(): <T>(signal: AbortSignal, task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (signal, task) => {
    const next = last.then(() => {
      signal.throwIfAborted()
      return task()
    })
    last = next.catch(() => {}) // the one who asked hears it
    return next
  }
}
