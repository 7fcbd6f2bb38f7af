/** Which values a session's settings may have, and what is said about the others (section 7.7). Pure. */

import { Fault } from '../../shared/fault.ts'
import type { SessionRecord, SessionSettings } from './record.ts'

export type SessionPatch = { [K in PatchField]?: string | null | undefined }

const choices = {
  thinkingLevel: ['off', 'minimal', 'low', 'medium', 'high', 'xhigh'],
  verboseLevel: ['on', 'off', 'full'],
  reasoningLevel: ['on', 'off', 'stream'],
  responseUsage: ['off', 'tokens', 'full', 'on'],
  elevatedLevel: ['on', 'off', 'ask', 'full'],
  execHost: ['sandbox', 'gateway', 'node'],
  execSecurity: ['deny', 'allowlist', 'full'],
  execAsk: ['off', 'on-miss', 'always'],
  sendPolicy: ['allow', 'deny'],
  groupActivation: ['mention', 'always'],
} as const satisfies Partial<Record<keyof SessionSettings, readonly string[]>>

type ChoiceField = keyof typeof choices
type PatchField = ChoiceField | 'label' | 'model' | 'execNode' | 'spawnedBy'

/** Accepted, but not named in the message: clients match the short text. */
const unnamed = new Set(['full:verboseLevel', 'on:responseUsage'])

/** UTF-16 units. */
const maxLabelLength = 64

export type ModelChecks = {
  /** Whether the configuration lets sessions choose this model. */
  isModelAllowed(provider: string, model: string): boolean
  /** Throws when no run could ask this model: there is no such provider, or its list is known and lacks it. */
  requireProvider(provider: string, model: string): void
}

export type PatchChecks = Partial<ModelChecks> & {
  /** The key of another session that has this label. */
  labelOwner(label: string): string | undefined
}

export type PatchResult = { settings: SessionSettings; label: string | null; spawnedBy: string | null }

/** What the session holds after `patch`; throws a fault for a value it may not have. `null` clears. */
export function applyPatch(session: SessionRecord, patch: SessionPatch, checks: PatchChecks): PatchResult {
  const settings: SessionSettings = { ...session.settings }
  for (const field of Object.keys(choices) as ChoiceField[]) {
    if (patch[field] === undefined) continue
    const value = chooseValue(field, patch[field])
    // Thinking off is the absence of a level.
    if (value === null || (field === 'thinkingLevel' && value === 'off')) delete settings[field]
    else settings[field] = value
  }
  if (patch.execNode !== undefined) setText(settings, 'execNode', patch.execNode)
  if (patch.model !== undefined) setModel(settings, patch.model, checks)
  return {
    settings,
    label: patch.label === undefined ? (session.label ?? null) : checkLabel(session.key, patch.label, checks),
    spawnedBy: patch.spawnedBy === undefined ? (session.spawnedBy ?? null) : patch.spawnedBy?.trim() || null,
  }
}

function chooseValue(field: ChoiceField, given: string | null): string | null {
  if (given === null) return null
  const value = given.trim().toLowerCase()
  const allowed: readonly string[] = choices[field]
  if (allowed.includes(value)) return value
  const shown = allowed.filter((name) => !unnamed.has(`${name}:${field}`)).map((name) => `"${name}"`)
  throw new Fault('usage.invalid', `invalid ${field} (use ${shown.join('|')})`)
}

function setText(settings: SessionSettings, field: 'execNode', given: string | null): void {
  if (given === null) {
    delete settings[field]
    return
  }
  if (given.trim() === '') throw new Fault('usage.invalid', `invalid ${field}: empty`)
  settings[field] = given.trim()
}

function setModel(settings: SessionSettings, given: string | null, checks: PatchChecks): void {
  if (given === null) {
    delete settings.providerOverride
    delete settings.modelOverride
    return
  }
  const match = /^([^/:\s]+)[/:](\S+)$/.exec(given.trim())
  if (!match) throw new Fault('usage.invalid', `invalid model: ${given.trim() || 'empty'} (use provider/model)`)
  const [, provider = '', model = ''] = match
  if (checks.isModelAllowed?.(provider, model) === false) {
    throw new Fault('usage.invalid', `model not allowed: ${provider}/${model}`)
  }
  checks.requireProvider?.(provider, model)
  settings.providerOverride = provider
  settings.modelOverride = model
}

function checkLabel(key: string, given: string | null, checks: PatchChecks): string | null {
  if (given === null) return null
  const label = given.trim()
  if (label === '') throw new Fault('usage.invalid', 'invalid label: empty')
  if (label.length > maxLabelLength) throw new Fault('usage.invalid', `invalid label: too long (max ${maxLabelLength})`)
  const owner = checks.labelOwner(label)
  if (owner !== undefined && owner !== key) throw new Fault('usage.invalid', `label already in use: ${label}`)
  return label
}
