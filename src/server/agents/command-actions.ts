/** What the gateway's slash commands do: the same code the matching methods run, answered in words. */

import { Fault } from '../../shared/fault.ts'
import type { ModelRow } from '../../shared/protocol/agents.ts'
import type { PendingApproval } from '../../shared/protocol/exec.ts'
import type { HandlersOf } from '../../shared/rpc/call.ts'
import { agentIdOf } from '../../shared/session-key.ts'
import type { Config } from '../config/schema.ts'
import type { HandlerContext } from '../gateway/context.ts'
import { approverName } from '../methods/exec.ts'
import { modelName } from '../providers/models.ts'
import { begunAnew, type CommandActions } from '../runs/commands.ts'
import type { Runs } from '../runs/runs.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Approvals } from '../tools/exec/approvals.ts'
import { modelsFor } from './plan.ts'

export type ActionParts = {
  sessions: Sessions
  runs(): Runs
  approvals: Approvals
  config(): Config
  hostName: string
  models(): Promise<ModelRow[]>
  handlers: HandlersOf<'sessions', HandlerContext>
}

/** For one caller: what a command does is done in their name. */
export function createCommandActions(parts: ActionParts, context: HandlerContext): CommandActions {
  const { sessions, approvals, handlers } = parts
  const { canonicalKey } = sessions
  return {
    status: async (sessionKey) => statusText(parts, canonicalKey(sessionKey)),
    models: async () => modelsText(await parts.models()),
    async setModel(sessionKey, model) {
      await handlers['sessions.patch']({ key: sessionKey, model }, context)
      const [name] = modelsFor(
        parts.config(),
        agentIdOf(canonicalKey(sessionKey)),
        sessions.find(canonicalKey(sessionKey)),
      )
      return `Model of this session: **${name}**`
    },
    async setThinking(sessionKey, level) {
      await handlers['sessions.patch']({ key: sessionKey, thinkingLevel: level }, context)
      return `Thinking of this session: **${level ?? 'off'}**`
    },
    async reset(sessionKey) {
      await handlers['sessions.reset']({ key: sessionKey }, context)
      return begunAnew
    },
    async compact(sessionKey) {
      const done = await handlers['sessions.compact']({ key: sessionKey, maxLines: 20 }, context)
      return done.compacted
        ? `Compacted: the model now sees a summary and the last ${done.kept} messages.`
        : (done.reason ?? 'Nothing to compact yet.')
    },
    async approve(id, decision) {
      if (id === '') return waitingText(approvals.list())
      const matches = approvals.list().filter((waiting) => waiting.id === id || waiting.id.startsWith(id))
      if (matches.length !== 1) {
        throw new Fault(
          'usage.invalid',
          matches.length > 1 ? `Several waiting commands begin with ${id}.` : 'No such command is waiting.',
          {
            remedy: 'Write /approve <id> <once|always|deny>.',
          },
        )
      }
      const result = approvals.resolve(matches[0]?.id ?? '', decision, approverName(context.peer))
      if (result === 'invalid')
        throw new Fault('usage.invalid', `"${decision}" is no answer.`, { remedy: 'Use once, always or deny.' })
      return result === 'settled' ? 'Answered.' : 'That command is no longer waiting.'
    },
  }
}

/** For terminals that show no question of their own; the command whole, and nothing in it unseen (EX3). */
function waitingText(waiting: readonly PendingApproval[]): string {
  if (waiting.length === 0) return 'No command is waiting for an answer.'
  const lines = waiting.map(({ id, request: { command, cwd } }) => {
    const shown = JSON.stringify(command).replace(unseen, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`)
    return `- \`${id.slice(0, 8)}\`: ${shown}${cwd ? ` in ${cwd}` : ''}`
  })
  return ['Waiting for an answer (`/approve <id> <once|always|deny>`):', '', ...lines].join('\n')
}

const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

function statusText(parts: ActionParts, key: string): string {
  const session = parts.sessions.find(key)
  const [model] = modelsFor(parts.config(), agentIdOf(key), session)
  const lines = [
    `- Session: \`${key}\``,
    `- Model: **${model}**`,
    `- Gateway: ${parts.hostName}; commands run there (policy: ${parts.config().tools.exec.security})`,
    `- Tokens: ${session?.inputTokens ?? 0} in, ${session?.outputTokens ?? 0} out, ${session?.totalTokens ?? 0} in context`,
    `- Thinking: ${session?.settings.thinkingLevel ?? parts.config().agents.defaults.thinkingDefault}`,
    `- Running now: ${parts.runs().activeCount}`,
  ]
  return lines.join('\n')
}

function modelsText(models: readonly ModelRow[]): string {
  return ['Models (choose with `/model <name>`):', '', ...models.map((row) => `- \`${modelName(row)}\``)].join('\n')
}
