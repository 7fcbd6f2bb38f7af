/** What the reader wants done, as calls to the gateway. Each shows its effect at once where it can, or says what failed. */

import type { Pending } from '../../client/device-words.ts'
import { askingNode } from '../../client/node-refusal.ts'
import { type WaitingRequest, waitingRequests } from '../../client/node-words.ts'
import { Fault } from '../../shared/fault.ts'
import type { ExecDecision } from '../../shared/protocol/exec.ts'
import type { Params, Payload } from '../../shared/protocol/table.ts'
import { canonicalKey } from '../../shared/session-key.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { Action, Hit, Sought } from '../store/action.ts'
import { type DeviceChoice, grantOf } from '../store/device-choices.ts'
import { isSilent } from '../store/run.ts'
import { currentTranscript, type State } from '../store/state.ts'
import type { Store } from '../store/store.ts'
import { runningRun, waitingQuestions } from '../store/transcript.ts'
import type { Notifier } from './notifier.ts'
import type { Gateway } from './port.ts'

export type IntentsOptions = {
  gateway: Gateway
  store: Store<State, Action>
  notifier: Notifier
  clock: Clock
  /** A new unique id, for idempotency keys and sessions. */
  newId: () => string
}

/** A message taken back; `at` is its place among those that wait, unless the gateway has it already. */
export type Taken = { readonly text: string; readonly at: number | undefined }

export type Intents = ReturnType<typeof createIntents>

export function createIntents({ gateway, store, notifier, clock, newId }: IntentsOptions) {
  const openKey = () => store.get().sessions.key
  /** Runs a call in the background; a failure becomes a notice. */
  const attempt = (task: () => Promise<unknown>): void => {
    task().catch((error: unknown) => notifier.fail(error))
  }
  /** A setting of the open session; `refused` when the gateway does not take it. */
  const patch = async (fields: Omit<Params<'sessions.patch'>, 'key'>, done: string): Promise<undefined | 'refused'> => {
    const key = openKey()
    try {
      await gateway.call('sessions.patch', { key, ...fields })
    } catch (error) {
      notifier.fail(error)
      return 'refused'
    }
    store.dispatch({ type: 'session.changed', key, reason: 'patch' })
    notifier.say('success', done)
    return undefined
  }

  return {
    /**
     * The message is on screen at once, on this disk next, and on the gateway as soon as there is one; at `place` among
     * those that wait, else behind them.
     */
    send(text: string, place?: number, key = openKey()): void {
      const runId = newId()
      store.dispatch({ type: 'message.asked', key, runId, text, at: place ?? clock.now() })
      const entry = { idempotencyKey: runId, sessionKey: key, message: text }
      gateway.outbox.add(place === undefined ? entry : { ...entry, place }).catch((error: unknown) => {
        const problem = error instanceof Fault ? error.message : String(error)
        store.dispatch({ type: 'message.refused', key, runId, problem })
      })
    },

    /** Stops the reply being written. What arrived stays. */
    stop(): void {
      const run = runningRun(currentTranscript(store.get()))
      if (!run) return
      attempt(() => gateway.call('chat.abort', { sessionKey: openKey(), runId: run.id }))
    },

    /** The last waiting message, out of the queue and back into the hands of its writer. */
    async takeBack(): Promise<Taken | undefined> {
      const state = store.get()
      const question = waitingQuestions(currentTranscript(state), state.connection.phase === 'live').at(-1)
      return question?.runId === undefined ? undefined : await this.withdraw(state.sessions.key, question.runId)
    },

    /** A message that waits or was refused; undefined when its answer has begun meanwhile. */
    async withdraw(key: string, runId: string): Promise<Taken | undefined> {
      const find = () => store.get().transcripts[key]?.live.find(({ id }) => id === runId)
      const run = find()
      const { text, at, delivery } = run?.question ?? {}
      if (text === undefined || (run?.phase !== 'waiting' && delivery !== 'refused')) return undefined
      const wasUnsent = delivery === 'refused' || (await gateway.outbox.remove(runId))
      if (!wasUnsent) await gateway.call('chat.abort', { sessionKey: key, runId })
      // Its end is told before the call is answered, and its answer may have begun meanwhile.
      const now = find()
      if (now && !isSilent(now)) return undefined
      store.dispatch({ type: 'message.withdrawn', key, runId })
      return { text, at: wasUnsent && delivery === 'unsent' ? at : undefined }
    },

    openSession(key: string, sought?: Sought): void {
      store.dispatch({ type: 'session.opened', key: canonicalKey(key), ...(sought ? { sought } : {}) })
    },

    /** A session under a new key. It exists on the gateway from its first message on. */
    newSession(): void {
      this.openSession(`chat-${newId().slice(0, 8)}`)
    },

    /** False when it could not be. */
    async resetSession(key: string): Promise<boolean> {
      try {
        await gateway.call('sessions.reset', { key })
      } catch (error) {
        notifier.fail(error)
        return false
      }
      store.dispatch({ type: 'session.reset', key })
      notifier.say('success', 'A fresh conversation. The old one can still be searched.')
      return true
    },

    setModel: (model: string | null) =>
      patch({ model }, model === null ? 'Back to the default model.' : `This session now uses ${model}.`),

    setThinking: (level: string | null) =>
      patch({ thinkingLevel: level }, level === null ? 'Thinking is off.' : `Thinking is ${level}.`),

    setVerbose: (level: string | null) =>
      patch({ verboseLevel: level }, level === 'on' ? 'Tool calls are told in full.' : 'Tool calls are told in brief.'),

    compact(): void {
      const key = openKey()
      attempt(async () => {
        const { compacted, kept, reason } = await gateway.call('sessions.compact', { key }, { timeoutMs: 120_000 })
        if (!compacted) return notifier.say('info', asSentence(reason ?? 'nothing to shorten yet'))
        const rest = kept === undefined ? '' : ` and the last ${kept === 1 ? 'message' : `${kept} messages`}`
        notifier.say('success', `The model now sees a summary${rest}.`)
      })
    },

    /** Full text over all sessions, where the gateway can; the answers go into the search panel. */
    search(query: string): void {
      if (query.trim() === '') {
        store.dispatch({ type: 'overlay.hits', query, hits: [] })
        return
      }
      attempt(async () => {
        const { hits } = await gateway.call('sessions.search', { query, limit: 50 })
        const found: Hit[] = hits.map(({ key, role, snippet, timestamp }) => ({ key, role, snippet, at: timestamp }))
        store.dispatch({ type: 'overlay.hits', query, hits: found })
      })
    },

    /**
     * Answers the command on screen. A late answer is refused by the gateway and said so; it is never kept for later. One
     * that did not get through leaves the question as it was.
     */
    answer(decision: ExecDecision): void {
      const { waiting, answering } = store.get().approvals
      const approval = waiting[0]
      if (!approval || answering?.id === approval.id) return
      const { id } = approval
      store.dispatch({ type: 'approval.answering', id, decision })
      attempt(async () => {
        try {
          await gateway.call('exec.approval.resolve', { id, decision })
        } catch (error) {
          const isLost = gateway.view.phase !== 'live'
          store.dispatch(isLost ? { type: 'approval.unanswered', id } : { type: 'approval.resolved', id, decision })
          if (!isDecided(error)) throw error
          return notifier.say('warning', 'Too late: it was decided already, or nobody waits for it any more.')
        }
        store.dispatch({ type: 'approval.resolved', id, decision })
      })
    },

    /** Denies the command on screen and stops what runs in its session, so that nothing there asks again. */
    denyAndStop(): void {
      const sessionKey = store.get().approvals.waiting[0]?.request.sessionKey
      this.answer('deny')
      if (sessionKey) attempt(() => gateway.call('chat.abort', { sessionKey }))
    },

    /** Lets a waiting device in, with all it asks for or with less, or refuses it. */
    decideDevice(device: Pending, choice: Exclude<DeviceChoice, 'later'>): void {
      const { requestId } = device
      if (store.get().devices.answering === requestId) return
      store.dispatch({ type: 'device.answering', id: requestId })
      attempt(async () => {
        try {
          const scopes = grantOf(device, choice)
          if (choice === 'reject') await gateway.call('device.pair.reject', { requestId })
          else if (scopes) await gateway.call('device.pair.grant', { requestId, scopes: [...scopes] })
          else await gateway.call('device.pair.approve', { requestId })
          notifier.say('success', choice === 'reject' ? 'The device is refused.' : 'The device may come in.')
        } finally {
          store.dispatch({ type: 'device.resolved', id: requestId })
        }
      })
    },

    /** Ends what a device holds, for good or in exchange for another token. */
    async endTokens(how: 'revoke' | 'rotate', deviceId: string, roles: readonly string[]): Promise<void> {
      try {
        for (const role of roles) await gateway.call(`device.token.${how}`, { deviceId, role })
      } finally {
        store.dispatch({ type: 'devices.changed' })
      }
    },

    /** A code that stands for the approval of another device. */
    makePairCode: (scopes: readonly string[]) => gateway.call('device.code.create', { scopes: [...scopes] }),

    retry(): void {
      gateway.retry()
    },

    /** What the gateway says of itself, for the status panel. */
    status: () => gateway.call('status', {}),

    /** Who wants to write from a chat service, and who may. */
    people: () => gateway.call('channels.pairing.list', {}),

    /** Lets somebody in by the code they were told, or refuses them; their name, or undefined when that failed. */
    async decidePerson(code: string, word: 'approve' | 'reject'): Promise<string | undefined> {
      try {
        const { pending } = await gateway.call('channels.pairing.list', {})
        const channel = pending.find((one) => one.code === code.toUpperCase())?.channel ?? 'telegram'
        const { sender } = await gateway.call(`channels.pairing.${word}`, { channel, code })
        return sender.name
      } catch (error) {
        notifier.fail(error)
        return undefined
      }
    },

    /** What the gateway finds unsafe about itself. */
    audit: () => gateway.call('security.audit', {}),

    /** The machines that lend themselves to the gateway, and, for who may decide, what waits for a decision. */
    async nodes(mayDecide: boolean) {
      const { nodes, ts } = await gateway.call('node.list', {})
      if (!mayDecide) return { nodes, waiting: [], ts }
      const [devices, commands] = [await gateway.call('device.pair.list', {}), await gateway.call('node.pair.list', {})]
      return { nodes, waiting: waitingRequests(devices.pending, commands.pending), ts }
    },

    /** Lets what waits go on, a node connect or be asked its commands; or refuses it. */
    async decideNode({ kind, requestId }: WaitingRequest, verb: 'approve' | 'reject') {
      if (kind === 'device') await gateway.call(`device.pair.${verb}`, { requestId })
      else await gateway.call(`node.pair.${verb}`, { requestId })
    },

    /** What it is called now. */
    renameNode: async (nodeId: string, displayName: string): Promise<string> =>
      (await gateway.call('node.rename', { nodeId, displayName })).displayName,

    /** What came of a program on a node; `onPiece` hears meanwhile what it says, and that a person is asked first. */
    async runOnNode(
      node: { readonly nodeId: string; readonly name: string },
      command: readonly string[],
      onPiece: (piece: Payload<'node.invoke.output'>) => void,
    ): Promise<unknown> {
      const { nodeId, name: displayName } = node
      const call = { nodeId, command: 'system.run', params: { command, timeoutMs: 30_000 }, timeoutMs: 30_000 }
      const idempotencyKey = newId()
      const patience = { timeoutMs: 285_000 }
      const stop = gateway.events(({ name, payload }) => {
        if (name === 'node.invoke.output' && payload.idempotencyKey === idempotencyKey) onPiece(payload)
      })
      try {
        const asked = () => gateway.call('node.invoke', { ...call, idempotencyKey }, patience)
        return (await askingNode({ nodeId, displayName }, call.command, asked)).payload
      } finally {
        stop()
      }
    },
  }
}

/** Gateways of the ecosystem say reasons in a few words. */
const asSentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1).replace(/[.!]?$/, '.')}`

/** Protocol 3 has no code of its own for it. */
function isDecided(error: unknown): boolean {
  const { code, message } = (error instanceof Fault && error.details) || {}
  return code === 'APPROVAL_NOT_FOUND' || message === 'unknown approval id'
}
