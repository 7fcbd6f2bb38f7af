/** What the answers mean: settings, private variables, a saved gateway, and what is done then. Pure; nothing is written here. */

import type { Secret } from '../../shared/std/secret.ts'
import type { SavedWay } from '../profile.ts'
import { readWay } from '../way-text.ts'
import type { OnboardFacts } from './facts.ts'
import { type Answers, said } from './step.ts'
import { builtInId, customId } from './steps/model.ts'

export type SettingEdit = { readonly path: string; readonly value: unknown }

export type OnboardPlan = {
  readonly role: 'gateway' | 'client' | 'node'
  /** `undefined` takes a setting out. */
  readonly edits: readonly SettingEdit[]
  /** Kept in `gateway.env`. */
  readonly variables: readonly { readonly name: string; readonly value: Secret }[]
  /** A new secret of the gateway; a token is made when the plan is carried out. */
  readonly secret: { readonly kind: 'token' } | { readonly kind: 'password'; readonly password: Secret } | undefined
  /** `secret` is its token or its password. */
  readonly profile:
    | { readonly name: string; readonly way: SavedWay; readonly isKnown: boolean; readonly secret: Secret | undefined }
    | undefined
  /** `here`: a node, in the foreground. */
  readonly run: 'service' | 'background' | 'here' | 'later'
  readonly message: string
}

const customKey = 'CUSTOM_MODEL_API_KEY'
const telegramToken = 'TELEGRAM_BOT_TOKEN'

/** As a setting names a variable. */
const reference = (name: string): string => `\${${name}}`

export function planOf(facts: OnboardFacts, answers: Answers): OnboardPlan {
  const role = said(answers, 'role')
  if (role === 'client' || role === 'node')
    return { ...nothing, role, profile: profileIn(facts, answers), run: role === 'node' ? runIn(answers) : 'later' }
  return {
    ...nothing,
    role: 'gateway',
    edits: [
      ...(facts.now.isRemote ? [{ path: 'gateway.mode', value: 'local' }] : []),
      ...modelEdits(facts, answers),
      ...channelEdits(facts, answers),
      ...doorEdits(facts, answers),
    ],
    variables: [...keyVariable(facts, answers), ...kept(telegramToken, hidden(answers, 'telegram'))],
    secret: secretIn(answers),
    run: runIn(answers),
    message: said(answers, 'message'),
  }
}

const nothing: Omit<OnboardPlan, 'role'> = {
  ...{ edits: [], variables: [], secret: undefined, profile: undefined },
  ...{ run: 'later', message: '' },
}

function profileIn(facts: OnboardFacts, answers: Answers): OnboardPlan['profile'] {
  const name = said(answers, 'profile')
  const secret = hidden(answers, 'secret')
  return { name, way: readWay(said(answers, 'way')), isKnown: facts.profiles.includes(name), secret }
}

/** A hidden answer that was given; an empty one keeps what there is. */
function hidden(answers: Answers, id: 'key' | 'telegram' | 'password' | 'secret'): Secret | undefined {
  const answer = answers[id]
  return typeof answer === 'object' && answer.reveal() !== '' ? answer : undefined
}

const kept = (name: string, value: Secret | undefined) => (value ? [{ name, value }] : [])

function modelEdits({ vendors }: OnboardFacts, answers: Answers): SettingEdit[] {
  const provider = said(answers, 'provider')
  if (provider === builtInId) return [{ path: 'agents.defaults.model', value: undefined }]
  const model = { path: 'agents.defaults.model', value: `${provider}/${said(answers, 'model')}` }
  const key = hidden(answers, 'key')
  const vendor = vendors.find(({ id }) => id === provider)
  // What stands in the settings goes before the variable.
  const named = (variable: string) => ({ path: `models.providers.${provider}.apiKey`, value: reference(variable) })
  if (vendor) return [...(key && vendor.isInSettings ? [named(vendor.variable)] : []), model]
  const address = { path: `models.providers.${customId}.baseUrl`, value: said(answers, 'address') }
  return [address, ...(key ? [named(customKey)] : []), model]
}

function keyVariable({ vendors }: OnboardFacts, answers: Answers): OnboardPlan['variables'] {
  const vendor = vendors.find(({ id }) => id === said(answers, 'provider'))
  const name = said(answers, 'provider') === customId ? customKey : vendor?.variable
  return name === undefined ? [] : kept(name, hidden(answers, 'key'))
}

function channelEdits({ now }: OnboardFacts, answers: Answers): SettingEdit[] {
  const channel = said(answers, 'channel')
  if (channel === 'telegram') {
    const token = hidden(answers, 'telegram')
    return [
      ...(token ? [{ path: 'channels.telegram.botToken', value: reference(telegramToken) }] : []),
      // A token in a file of its own would go before the one in the private file.
      ...(token && now.hasTokenFile ? [{ path: 'channels.telegram.tokenFile', value: undefined }] : []),
      ...(now.telegram === 'off' ? [{ path: 'channels.telegram.enabled', value: undefined }] : []),
    ]
  }
  return channel === 'none' && now.telegram === 'on' ? [{ path: 'channels.telegram.enabled', value: false }] : []
}

function doorEdits({ now }: OnboardFacts, answers: Answers): SettingEdit[] {
  const exposure = said(answers, 'exposure')
  const auth = said(answers, 'auth')
  return [
    // A token in the settings would go before the one in the private file.
    ...(auth === 'token' && now.hasWrittenToken ? [{ path: 'gateway.auth.token', value: undefined }] : []),
    ...(auth === 'token' && now.auth === 'password' ? [{ path: 'gateway.auth.mode', value: 'token' }] : []),
    ...(exposure !== 'keep' && now.bind !== 'loopback' ? [{ path: 'gateway.bind', value: undefined }] : []),
    ...(exposure !== 'keep' && exposure !== (now.tailscale === 'off' ? 'loopback' : now.tailscale)
      ? [{ path: 'gateway.tailscale.mode', value: exposure === 'loopback' ? undefined : exposure }]
      : []),
  ]
}

function secretIn(answers: Answers): OnboardPlan['secret'] {
  const password = hidden(answers, 'password')
  if (said(answers, 'auth') === 'token') return { kind: 'token' }
  return said(answers, 'auth') === 'password' && password ? { kind: 'password', password } : undefined
}

function runIn(answers: Answers): OnboardPlan['run'] {
  const run = said(answers, 'run')
  return run === 'service' || run === 'background' || run === 'here' ? run : 'later'
}
