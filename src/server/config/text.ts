/** From the text of the file to plain values: JSON5, then `${NAME}` from the environment. Pure. */

import JSON5 from 'json5'
import { errorText } from '../../shared/fault.ts'
import { isDeeper, isRecord, maxJsonDepth } from '../../shared/std/json.ts'
import { locate, mapTexts, type Positions, pathText } from './positions.ts'

export type ConfigIssue = {
  /** Dotted, as `gateway.port`; empty for the file itself. */
  path: string
  message: string
  line?: number
  /** What to do about it, as a sentence. */
  remedy?: string
}

export type ParsedText =
  | { ok: true; value: Record<string, unknown>; positions: Positions }
  | { ok: false; issue: ConfigIssue }

export function parseConfigText(text: string): ParsedText {
  let value: unknown
  try {
    value = JSON5.parse(text)
  } catch (error) {
    const line = isRecord(error) || error instanceof Error ? (error as { lineNumber?: unknown }).lineNumber : undefined
    const message = errorText(error).replace(/^JSON5: /, '')
    const issue: ConfigIssue = { path: '', message, remedy: 'Correct the file there: it is JSON5, JSON with comments.' }
    return { ok: false, issue: typeof line === 'number' ? { ...issue, line } : issue }
  }
  // Before anything that walks it: 20,000 brackets took 4 GB to locate.
  if (isDeeper(value, maxJsonDepth)) {
    const message = `is nested deeper than ${maxJsonDepth} levels`
    return { ok: false, issue: { path: '', message, remedy: 'No setting is that deep; look for brackets too many.' } }
  }
  if (!isRecord(value)) {
    return {
      ok: false,
      issue: { path: '', message: 'must be an object', line: 1, remedy: 'Put the settings between { and }.' },
    }
  }
  return { ok: true, value, positions: locate(text, keyName) }
}

function keyName(written: string): string {
  return /^["']/.test(written)
    ? String(JSON5.parse(written))
    : written.replace(/\\u([0-9a-f]{4})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
}

const reference = /\$?\$\{([A-Z_][A-Z0-9_]*)\}/g

/** True for a text that is nothing but one `${NAME}`. */
export function isReference(text: string): boolean {
  return /^\$\{[A-Z_][A-Z0-9_]*\}$/.test(text)
}

/** The variables a text names. */
export function variablesIn(text: string): string[] {
  return [...text.matchAll(reference)].flatMap(([whole, name = '']) => (whole.startsWith('$$') ? [] : [name]))
}

/** Replaces `${NAME}` in every text value; `$${NAME}` becomes a literal `${NAME}`. Unset and empty variables are named. */
export function substitute(
  value: unknown,
  env: Readonly<Record<string, string | undefined>>,
): { value: unknown; missing: { path: PropertyKey[]; name: string }[] } {
  const missing: { path: PropertyKey[]; name: string }[] = []
  const replaced = mapTexts(value, (text, path) =>
    text.replace(reference, (match: string, name: string) => {
      if (match.startsWith('$$')) return match.slice(1)
      const found = env[name]
      if (!found) missing.push({ path, name })
      return found ?? ''
    }),
  )
  return { value: replaced, missing }
}

export function missingIssue({ path, name }: { path: PropertyKey[]; name: string }): ConfigIssue {
  return {
    path: pathText(path),
    message: `Missing env var "${name}" referenced at config path: ${pathText(path)}`,
    remedy: `Set ${name} in the environment of the gateway or under env.vars, or write $\${${name}} for the literal text.`,
  }
}
