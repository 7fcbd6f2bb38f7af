/** Asks approvers in their own chats whether a command may run, and takes their presses. */

import { errorText, Fault } from '../../shared/fault.ts'
import type { PendingApproval } from '../../shared/protocol/exec.ts'
import type { Clock } from '../../shared/std/clock.ts'
import { sleep } from '../../shared/std/signal.ts'
import type { Bus } from '../bus.ts'
import type { Approvals } from '../tools/exec/approvals.ts'
import { buttonsOf, decisionText, judgePress, newQuestion, pressText, type Question } from './approval-questions.ts'
import type { Channel, ChannelPress, Outgoing, Piece } from './channel.ts'
import type { Pace } from './pace.ts'

/** More than a person reads in a chat: it is then asked in a terminal only. */
const maxPages = 5
const tries = 3
const retryMs = 1_000

export type ApprovalButtonsParts = {
  channel: Channel
  approvals: Pick<Approvals, 'list' | 'resolve'>
  /** As the settings say it now. */
  approvers(): readonly string[]
  /** `telegram`, for the name under which somebody answers. */
  channelId: string
  bus: Bus
  pace: Pace
  clock: Clock
  onRefused(press: ChannelPress): void
  onUnasked(approver: string, why: string): void
  onBug(error: unknown): void
  signal: AbortSignal
}

export class ApprovalButtons implements Disposable {
  readonly #parts: ApprovalButtonsParts
  readonly #questions = new Map<string, Question>()
  readonly #unsubscribe: () => void

  constructor(parts: ApprovalButtonsParts) {
    this.#parts = parts
    this.#unsubscribe = parts.bus.subscribe((news) => {
      if (news.type !== 'wire') return
      if (news.event === 'exec.approval.requested') this.#ask(news.payload)
      if (news.event === 'exec.approval.resolved') this.#close(news.payload.id, news.payload)
    })
    for (const row of parts.approvals.list()) this.#ask(row)
  }

  /** Whoever presses is judged now, by the settings of now; everybody who presses is told what came of it. */
  async press(press: ChannelPress): Promise<void> {
    const { channel, approvals, channelId, onRefused, signal } = this.#parts
    const { sender } = press
    const verdict = judgePress(press, this.#questions.values(), {
      approvers: this.#parts.approvers(),
      waiting: approvals.list(),
    })
    const say = (text: string) => channel.answerPress(press.pressId, text, signal).catch(this.#report)
    if (verdict.kind === 'refused') {
      onRefused(press)
      return await say('You may not answer this.')
    }
    const isAnswered =
      verdict.kind === 'answer' &&
      approvals.resolve(verdict.question.id, verdict.decision, `${sender.name} (${channelId} ${sender.id})`) ===
        'settled'
    await say(isAnswered ? pressText(verdict.decision) : 'That question is no longer open.')
  }

  [Symbol.dispose](): void {
    this.#unsubscribe()
  }

  #ask(row: PendingApproval): void {
    const approvers = this.#parts.approvers()
    if (approvers.length === 0) return
    const question = newQuestion(row)
    this.#questions.set(question.id, question)
    for (const approver of approvers) {
      this.#askOne(question, approver).catch((error: unknown) => {
        if (this.#parts.signal.aborted) return
        if (error instanceof Fault) this.#parts.onUnasked(approver, errorText(error))
        else this.#parts.onBug(error)
      })
    }
  }

  /** Page by page, and the buttons under the last one only: nobody answers for what they could not read. */
  async #askOne(question: Question, approver: string): Promise<void> {
    const { channel } = this.#parts
    const head = channel.render('🔐 **A command waits for your answer**')[0] as Piece
    const pages = channel.renderVerbatim(question.shown)
    if (pages.length > maxPages) {
      const [notice] = channel.render('🔐 A command waits that is too long to be judged here. Answer it in a terminal.')
      await this.#send(approver, { piece: notice as Piece })
      return
    }
    for (const [index, page] of pages.entries()) {
      const piece = index === 0 ? joined(head, page) : page
      const isLast = index === pages.length - 1
      const sent = await this.#send(approver, { piece, ...(isLast && { buttons: buttonsOf(question) }) })
      if (isLast) question.asked.set(approver, { chat: approver, messageId: sent.messageId })
    }
    // It may have been answered while it was being sent.
    if (question.outcome !== undefined) await this.#finish(question, approver)
  }

  #close(id: string, { decision, resolvedBy }: { decision: string; resolvedBy?: string | null | undefined }): void {
    const question = this.#questions.get(id)
    if (!question) return
    this.#questions.delete(id)
    question.outcome = decisionText(decision, resolvedBy)
    for (const approver of question.asked.keys()) {
      this.#finish(question, approver).catch(this.#report)
    }
  }

  /** The last page again with what came of it, and without buttons. */
  async #finish(question: Question, approver: string): Promise<void> {
    const { channel, pace, signal } = this.#parts
    const asked = question.asked.get(approver)
    const page = channel.renderVerbatim(question.shown).at(-1)
    const [line] = channel.renderVerbatim(question.outcome ?? '')
    if (!asked || !page || !line) return
    const address = addressOf(approver)
    await pace.turn(asked.chat, channel.paceMs(address), signal)
    await channel.edit(address, asked.messageId, joined(page, line), signal)
  }

  async #send(approver: string, message: Outgoing): Promise<{ messageId: string }> {
    const { channel, pace, clock, signal } = this.#parts
    const address = addressOf(approver)
    for (let attempt = 1; ; attempt++) {
      await pace.turn(address.chat, channel.paceMs(address), signal)
      try {
        return await channel.send(address, message, signal)
      } catch (error) {
        if (!(error instanceof Fault && error.retryable) || attempt === tries) throw error
        await sleep(clock, error.retryAfterMs ?? retryMs, signal)
      }
    }
  }

  readonly #report = (error: unknown): void => {
    if (!this.#parts.signal.aborted && !(error instanceof Fault)) this.#parts.onBug(error)
  }
}

/** In a chat of two its number is that of the person. */
function addressOf(approver: string) {
  return { chat: approver, isGroup: false }
}

function joined(first: Piece, second: Piece): Piece {
  return { rich: `${first.rich}\n${second.rich}`, plain: `${first.plain}\n${second.plain}` }
}
