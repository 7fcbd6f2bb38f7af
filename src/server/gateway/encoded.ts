/** Lets a result that many callers get carry its own JSON, so that it is serialised once. */

const encodedJson = Symbol('encodedJson')

/** Marks `value`, which must not change any more, as worth keeping in serialised form. */
export function keepEncoded<T extends object>(value: T): T {
  Object.defineProperty(value, encodedJson, { value: JSON.stringify(value), enumerable: false })
  return value
}

export function toJson(value: unknown): string {
  const kept = typeof value === 'object' && value !== null && (value as { [encodedJson]?: string })[encodedJson]
  return kept || (JSON.stringify(value) ?? 'null')
}
