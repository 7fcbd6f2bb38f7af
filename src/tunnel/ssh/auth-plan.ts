/**
 * How one login goes: which method is tried next, from what is configured, what the server still takes and what was tried.
 * A machine without keys and passwords in it: the shell has those. Pure.
 */

import type { SshHost } from './host.ts'

export type AuthMethod = 'publickey' | 'keyboard-interactive' | 'password'

export type LoginState = {
  /** Preferred first. */
  readonly order: readonly AuthMethod[]
  /** What the server said it would take next; empty before it has said anything. */
  readonly methods: readonly string[]
  /** How often each was tried since the server last was content with something. For `publickey`: keys offered in all. */
  readonly tried: Readonly<Record<AuthMethod, number>>
  readonly limit: Readonly<Record<AuthMethod, number>>
  /** Nobody will answer these any more. */
  readonly declined: readonly AuthMethod[]
}

/** OpenSSH's order, as far as this program can do it. `gssapi-with-mic` and `hostbased` would come first. */
const defaultOrder: readonly AuthMethod[] = ['publickey', 'keyboard-interactive', 'password']

/** `keys`: how many could be offered; five of them are. */
export function newLoginState(host: LoginPolicy, keys: number): LoginState {
  const prompts = host.batchMode ? 0 : Math.max(0, host.passwordPrompts)
  const isMethod = (name: string): name is AuthMethod => defaultOrder.some((method) => method === name)
  return {
    order: host.preferredAuthentications?.filter(isMethod) ?? defaultOrder,
    methods: [],
    tried: { publickey: 0, 'keyboard-interactive': 0, password: 0 },
    limit: {
      publickey: host.pubkey ? Math.min(keys, maxKeys) : 0,
      'keyboard-interactive': host.keyboardInteractive ? prompts : 0,
      password: host.password ? prompts : 0,
    },
    declined: [],
  }
}

export type LoginPolicy = Pick<
  SshHost,
  'batchMode' | 'passwordPrompts' | 'preferredAuthentications' | 'pubkey' | 'keyboardInteractive' | 'password'
>

/** sshd hangs up after six failures unless told otherwise (`MaxAuthTries`), and one is left for a password (TU15). */
export const maxKeys = 5

export type LoginEvent =
  /** The server took nothing, or (`isPartial`) one part of several; it names what it takes next. */
  | { readonly methods: readonly string[]; readonly isPartial: boolean }
  /** The person or the agent does not answer for this method. */
  | { readonly declined: AuthMethod }

export function refuse(state: LoginState, event: LoginEvent): LoginState {
  if ('declined' in event) return { ...state, declined: [...state.declined, event.declined] }
  const { methods, isPartial } = event
  // After a part of the login, questions begin anew; a key is never offered twice.
  const tried = isPartial ? { ...state.tried, 'keyboard-interactive': 0, password: 0 } : state.tried
  return { ...state, methods, tried }
}

/** What to try now; no choice when nothing is left. `attempt` counts from 1, for `publickey` it is the number of the key. */
export function chooseMethod(state: LoginState): {
  choice?: { readonly method: AuthMethod; readonly attempt: number }
  state: LoginState
} {
  const method = state.order.find(
    (name) => state.methods.includes(name) && !state.declined.includes(name) && state.tried[name] < state.limit[name],
  )
  if (method === undefined) return { state }
  const attempt = state.tried[method] + 1
  return { choice: { method, attempt }, state: { ...state, tried: { ...state.tried, [method]: attempt } } }
}
