/**
 * Asks the person what a connection needs to know: a dialog at a time. The answers are typed in here and nowhere else; a
 * state or a log never holds one, and once given or declined they are gone.
 */

import { Secret } from '../../shared/std/secret.ts'
import type { Prompts, Question } from '../../tunnel/prompts.ts'
import type { Asked } from '../store/question.ts'

type Field = { readonly label: string; readonly isHidden: boolean; text: string[] }

/** One question that waits. `answer` is told yes, or the words of every field; undefined declines. */
type Waiting = {
  readonly id: number
  readonly question: Question
  readonly fields: readonly Field[]
  readonly answer: (words: readonly string[] | undefined) => void
  focus: number
  isYes: boolean
}

const wordsOf = ({ text }: Field): string => text.join('')

/**
 * A secret that was given and is being checked. Who goes on typing means the next try or answers too early: it is kept
 * for the next question, and must never become text of a message.
 */
type Checking = { readonly id: number; readonly question: Question; readonly label: string; early: string[] }

export class Asker {
  /** What is asked now; a new object whenever something about it changed. */
  asked: Asked | undefined
  readonly #listeners = new Set<() => void>()
  #queue: Waiting[] = []
  #checking: Checking | undefined
  #count = 0

  readonly prompts: Prompts = {
    trustHost: async (question, signal) => (await this.#ask(question, [], signal)) !== undefined,
    passphrase: (question, signal) => this.#askOne(question, 'Passphrase', signal),
    password: (question, signal) => this.#askOne(question, 'Password', signal),
    gatewaySecret: (question, signal) =>
      this.#askOne(question, question.secret === 'token' ? 'Token' : 'Password', signal),
    pairCode: async (question, signal) => {
      const fields = [{ label: 'Pairing code', isHidden: false, text: [] }]
      const words = await this.#ask(question, fields, signal)
      return words?.[0]?.trim() ? new Secret(words[0]) : undefined
    },
    answers: async (question, signal) => {
      const fields = question.prompts.map(({ text, isEchoed }) => ({ label: text, isHidden: !isEchoed, text: [] }))
      return (await this.#ask(question, fields, signal))?.map((words) => new Secret(words))
    },
  }

  /** Called after `asked` changed. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Adds to the answer. Of several lines the first is meant. */
  type(text: string): void {
    this.#typed()?.push(...(text.split(/\r?\n/)[0] ?? ''))
    this.#show()
  }

  erase(what: 'sign' | 'all'): void {
    const typed = this.#typed()
    if (what === 'all') typed?.splice(0)
    else typed?.pop()
    this.#show()
  }

  /** To the next field or the other choice, round and round. */
  move(by: 1 | -1): void {
    const first = this.#queue[0]
    if (!first) return
    if (first.fields.length === 0) first.isYes = !first.isYes
    else first.focus = (first.focus + by + first.fields.length) % first.fields.length
    this.#show()
  }

  /** Enter: the next field, and behind the last one the answer. Where it is yes or no, what is marked. */
  submit(): void {
    const first = this.#queue[0]
    if (!first) return
    const { fields, focus, isYes } = first
    if (fields.length === 0) this.choose(isYes)
    else if (focus < fields.length - 1) this.move(1)
    else this.#close(first, fields.map(wordsOf))
  }

  /** Shows what would be chosen. */
  mark(isYes: boolean): void {
    const first = this.#queue[0]
    if (!first || first.isYes === isYes) return
    first.isYes = isYes
    this.#show()
  }

  choose(isYes: boolean): void {
    const first = this.#queue[0]
    if (first) this.#close(first, isYes ? [] : undefined)
  }

  decline(): void {
    if (this.#queue.length > 0) this.choose(false)
    else this.settled()
  }

  /** The connection went on or gave up: nothing is being checked any more. */
  settled(): void {
    if (!this.#checking) return
    this.#checking = undefined
    if (this.#queue.length === 0) this.#show()
  }

  async #askOne(question: Question, label: string, signal: AbortSignal): Promise<Secret | undefined> {
    const words = await this.#ask(question, [{ label, isHidden: true, text: [] }], signal)
    return words && new Secret(words[0] ?? '')
  }

  #ask(question: Question, fields: readonly Field[], signal: AbortSignal): Promise<readonly string[] | undefined> {
    if (signal.aborted) return Promise.reject(signal.reason)
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#close(waiting, undefined)
        reject(signal.reason)
      }
      const answer = (words: readonly string[] | undefined): void => {
        signal.removeEventListener('abort', onAbort)
        if (!signal.aborted) resolve(words)
      }
      const waiting: Waiting = { id: this.#takeOver(fields), question, fields, answer, focus: 0, isYes: false }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#queue.push(waiting)
      this.#show()
    })
  }

  /** The next try hears keys at once and has what was typed early; a yes or no never does. Its id says which it is. */
  #takeOver(fields: readonly Field[]): number {
    const checking = this.#queue.length === 0 ? this.#checking : undefined
    this.#checking = undefined
    const field = fields[0]
    if (!checking || !field) return ++this.#count
    if (field.isHidden) field.text = checking.early
    return checking.id
  }

  #close(waiting: Waiting, words: readonly string[] | undefined): void {
    this.#queue = this.#queue.filter((other) => other !== waiting)
    const secret = words && waiting.fields.findLast((field) => field.isHidden)
    if (secret) this.#checking = { id: waiting.id, question: waiting.question, label: secret.label, early: [] }
    for (const field of waiting.fields) field.text = []
    this.#show()
    waiting.answer(words)
  }

  #typed(): string[] | undefined {
    const first = this.#queue[0]
    return first ? first.fields[first.focus]?.text : this.#checking?.early
  }

  #show(): void {
    const first = this.#queue[0]
    this.asked = first ? this.#asWaiting(first) : this.#checking && asChecking(this.#checking)
    for (const listener of [...this.#listeners]) listener()
  }

  #asWaiting({ id, question, focus, isYes, fields }: Waiting): Asked {
    const shown = fields.map(({ label, isHidden, text }) => ({ label, shown: isHidden ? dots(text) : text.join('') }))
    return { id, question, focus, isYes, fields: shown, more: this.#queue.length - 1, isChecking: false }
  }
}

function asChecking({ id, question, label, early }: Checking): Asked {
  return { id, question, focus: 0, isYes: false, fields: [{ label, shown: dots(early) }], more: 0, isChecking: true }
}

const dots = (text: readonly string[]): string => '•'.repeat(text.length)
