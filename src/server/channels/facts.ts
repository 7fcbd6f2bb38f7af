/** How the chat services are, as the wire tells it: one answer for `health`, `status`, `channels.status` and every screen (sections 7.1, 7.2, 7.4). Pure. */

import type { Identity } from './channel.ts'
import type { ChannelKind, Setup } from './kind.ts'
import type { ListeningState } from './listening.ts'

/** There is one account per service. */
export const defaultAccount = 'default'

export type Probe =
  | { readonly ok: true; readonly bot: Identity; readonly elapsedMs: number }
  | { readonly ok: false; readonly error: string }

export type AccountFacts = {
  readonly kind: ChannelKind
  readonly setup: Setup | undefined
  readonly state: (ListeningState & { lastOutboundAt?: number; waiting: number }) | undefined
  readonly probe?: Probe | undefined
}

/** `connected (@bot, polling)`, or what is wrong and what to do. */
function stateText({ setup, state }: AccountFacts): string {
  if (!setup) return 'not configured'
  if (!setup.isEnabled) return 'disabled'
  if (state?.isConnected) return `connected (${state.identity?.name}, ${state.mode})`
  const problem = state?.problem
  if (problem) return `failed: ${problemText(problem)}`
  return state?.isRunning ? 'connecting' : 'stopped'
}

/** What is wrong, and what to do where that is known. */
export function problemText({ message, remedy }: { message: string; remedy?: string | undefined }): string {
  return remedy ? `${message}. ${remedy}` : message
}

/** One account, with the names of section 7.4. */
function accountFacts(facts: AccountFacts) {
  const { setup, state, probe } = facts
  const { policy } = setup ?? {}
  return {
    accountId: defaultAccount,
    ...(setup?.name !== undefined && { name: setup.name }),
    enabled: setup?.isEnabled ?? false,
    configured: setup !== undefined && setup.token().source !== 'none',
    running: state?.isRunning ?? false,
    connected: state?.isConnected ?? false,
    state: stateText(facts),
    reconnectAttempts: state?.reconnectAttempts ?? 0,
    lastConnectedAt: state?.lastConnectedAt ?? null,
    lastError: lastError(facts) ?? null,
    lastStartAt: state?.lastStartAt ?? null,
    lastStopAt: state?.lastStopAt ?? null,
    lastInboundAt: state?.lastInboundAt ?? null,
    lastOutboundAt: state?.lastOutboundAt ?? null,
    queued: state?.waiting ?? 0,
    tokenSource: setup?.token().source ?? 'none',
    ...(state?.mode !== undefined && { mode: state.mode }),
    ...(policy && {
      dmPolicy: policy.dmPolicy,
      allowFrom: policy.allowFrom.map(String),
      groupPolicy: policy.groupPolicy,
    }),
    ...(state?.identity && { bot: botOf(state.identity) }),
    ...(probe && { probe: probeFacts(probe) }),
  }
}

function lastError({ setup, state }: AccountFacts): string | undefined {
  const problem = state?.problem
  if (problem) return problemText(problem)
  return setup?.isEnabled ? setup.token().problem : undefined
}

function probeFacts(probe: Probe) {
  if (!probe.ok) return { ok: false, status: null, error: probe.error }
  return { ok: true, status: null, error: null, elapsedMs: Math.round(probe.elapsedMs), bot: botOf(probe.bot) }
}

function botOf({ id, name }: Identity): { id: number; username: string } {
  return { id: Number(id), username: name.replace(/^@/, '') }
}

/** Services nobody set up are left out, as in the ecosystem. */
export function channelFacts(all: readonly AccountFacts[]) {
  const set = all.filter(({ setup }) => setup !== undefined)
  const by = <T>(value: (facts: AccountFacts) => T): Record<string, T> =>
    Object.fromEntries(set.map((facts) => [facts.kind.id, value(facts)]))
  return {
    channelOrder: set.map(({ kind }) => kind.id),
    channelLabels: by(({ kind }) => kind.label),
    channelDetailLabels: by(({ kind }) => kind.detailLabel),
    channelSystemImages: by(({ kind }) => kind.image),
    channelMeta: set.map(({ kind: { id, label, detailLabel } }) => ({ id, label, detailLabel })),
    channels: by((facts) => {
      const account = accountFacts(facts)
      return { ...account, accounts: { [defaultAccount]: account } }
    }),
    channelAccounts: by((facts) => [accountFacts(facts)]),
    channelDefaultAccountId: by(() => defaultAccount),
    channelSummary: set.map((facts) => `${facts.kind.label}: ${stateText(facts)}`),
  }
}

export type ChannelFacts = ReturnType<typeof channelFacts>
