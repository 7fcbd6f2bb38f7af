/**
 * Commands that wait for the person of this machine. Each is a private file, so that `clawdbot node approve` in another
 * terminal sees it whole and can answer; silence means no (EX7).
 */

import { randomBytes } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { readIfThere, writePrivate } from '../client/private-file.ts'
import { type ExecDecision, execDecisions } from '../shared/protocol/exec.ts'
import type { Clock } from '../shared/std/clock.ts'
import { parseJson } from '../shared/std/json.ts'
import { readAs } from '../shared/std/read-as.ts'

const ask = z.object({
  id: z.string(),
  /** Whole, as it would run. */
  command: z.string(),
  program: z.string(),
  cwd: z.string(),
  /** Which gateway wants it. */
  gateway: z.string(),
  why: z.string(),
  askedAtMs: z.number(),
  expiresAtMs: z.number(),
})
export type NodeAsk = z.infer<typeof ask>

const answer = z.object({ decision: z.enum(execDecisions) })

/** As long as a gateway waits for its own people (section 3). */
const askMs = 120_000
const lookEveryMs = 250
/** More at a time nobody can oversee. */
const maxWaiting = 16

export type AskOutcome = ExecDecision | 'expired' | 'withdrawn' | 'crowded'

export class NodeAsks {
  readonly #folder: string
  readonly #clock: Clock
  readonly #askMs: number
  #waiting = 0

  constructor(nodeDir: string, clock: Clock, limitMs = askMs) {
    this.#folder = join(nodeDir, 'asks')
    this.#clock = clock
    this.#askMs = limitMs
  }

  /** Clears away what an earlier run left behind. */
  async tidy(): Promise<void> {
    const waiting = new Set((await this.list()).map(({ id }) => id))
    const names = await readdir(this.#folder).catch(() => []) // nothing was ever asked
    const left = names.filter((name) => !waiting.has(name.slice(0, 8)))
    await Promise.all(left.map((name) => rm(join(this.#folder, name), { force: true })))
  }

  /** `prompt` asks the person in front of this process, if there is one; whoever answers first decides. */
  async ask(
    facts: Omit<NodeAsk, 'id' | 'askedAtMs' | 'expiresAtMs'>,
    signal: AbortSignal,
    prompt?: (ask: NodeAsk, signal: AbortSignal) => Promise<ExecDecision | undefined>,
  ): Promise<AskOutcome> {
    if (this.#waiting >= maxWaiting) return 'crowded'
    const now = this.#clock.now()
    const whole = { ...facts, id: randomBytes(4).toString('hex'), askedAtMs: now, expiresAtMs: now + this.#askMs }
    const ending = new AbortController()
    const stop = AbortSignal.any([signal, ending.signal])
    this.#waiting++
    try {
      await writePrivate(this.#path(whole.id, 'ask'), JSON.stringify(whole))
      return await Promise.race([this.#fromFiles(whole, stop), ...(prompt ? [answered(prompt(whole, stop))] : [])])
    } finally {
      this.#waiting--
      ending.abort()
      await Promise.all((['ask', 'answer'] as const).map((kind) => rm(this.#path(whole.id, kind), { force: true })))
    }
  }

  /** Oldest first. */
  async list(): Promise<NodeAsk[]> {
    const names = await readdir(this.#folder).catch(() => []) // nothing was ever asked
    const found = await Promise.all(
      names.filter((name) => /^[0-9a-f]{8}\.ask\.json$/.test(name)).map((name) => read(join(this.#folder, name), ask)),
    )
    const now = this.#clock.now()
    return found
      .filter((one) => one !== undefined)
      .filter(({ expiresAtMs }) => expiresAtMs > now)
      .sort((a, b) => a.askedAtMs - b.askedAtMs)
  }

  /** False when nothing of that name waits. */
  async answer(id: string, decision: ExecDecision): Promise<boolean> {
    if (!(await this.list()).some((one) => one.id === id)) return false
    await writePrivate(this.#path(id, 'answer'), JSON.stringify({ decision }))
    return true
  }

  async #fromFiles({ id }: NodeAsk, signal: AbortSignal): Promise<AskOutcome> {
    const until = this.#clock.monotonic() + this.#askMs
    while (!signal.aborted) {
      const found = await read(this.#path(id, 'answer'), answer)
      if (found) return found.decision
      if (this.#clock.monotonic() >= until) return 'expired'
      await pause(this.#clock, lookEveryMs, signal)
    }
    return 'withdrawn'
  }

  #path(id: string, kind: 'ask' | 'answer'): string {
    return join(this.#folder, `${id}.${kind}.json`)
  }
}

/** Settles only with an answer: a person who gave up leaves the question to the files. */
function answered(prompted: Promise<ExecDecision | undefined>): Promise<ExecDecision> {
  return new Promise((resolve) => {
    prompted.then(
      (decision) => decision && resolve(decision),
      () => {}, // the question ended, or the terminal is gone
    )
  })
}

async function read<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readIfThere(path)
  const json = text === undefined ? undefined : parseJson(text)
  return json?.ok ? readAs(schema, json.value).data : undefined
}

function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.after(delayMs, done)
    signal.addEventListener('abort', done, { once: true })
  })
}
