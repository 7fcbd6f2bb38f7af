/** JSON from strangers: parsing with a depth limit and without prototype keys. */

/** Deepest nesting accepted anywhere (security requirement IN5). */
export const maxJsonDepth = 64

/** A parsed value, or why it was refused. */
export type JsonResult = { ok: true; value: unknown } | { ok: false; reason: string }

/** Parses `text`; refuses nesting beyond `maxJsonDepth` before parsing and any `__proto__` key. Never throws. */
export function parseJson(text: string): JsonResult {
  if (exceedsDepth(text, maxJsonDepth)) return { ok: false, reason: `nested deeper than ${maxJsonDepth} levels` }
  try {
    const value: unknown = JSON.parse(text)
    // A scan of the text is enough to know that no such key can exist; only a hit pays for the walk.
    if (text.includes('__proto__') || text.includes('\\u')) {
      if (hasProtoKey(value)) return { ok: false, reason: 'the key __proto__ is not allowed' }
    }
    return { ok: true, value }
  } catch {
    return { ok: false, reason: 'not valid JSON' }
  }
}

function exceedsDepth(text: string, limit: number): boolean {
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (inString) {
      if (code === 0x5c) i++
      else if (code === 0x22) inString = false
    } else if (code === 0x22) inString = true
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > limit) return true
    } else if (code === 0x7d || code === 0x5d) depth--
  }
  return false
}

/** Whether `value` is nested deeper than so many levels, however much deeper. */
export function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((item) => isDeeper(item, levels - 1))
}

function hasProtoKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Object.hasOwn(value, '__proto__')) return true
  return Object.values(value).some(hasProtoKey)
}

/** True for a plain JSON object (not an array, not null). */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
