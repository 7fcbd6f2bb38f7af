/** Texts that mean "stop" instead of being a message (gateway protocol, section 7.5). */

const stopWords = new Set(['stop', 'esc', 'abort', 'wait', 'exit', 'interrupt', '/stop', '/abort'])

/** True for exactly one stop word, trimmed, in any case. */
export function isStopText(text: string): boolean {
  return stopWords.has(text.trim().toLowerCase())
}
