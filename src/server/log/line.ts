/** One line of the log, in the shape the ecosystem's `logs` command reads (section 7.10). Pure. */

import { Fault, faultText } from '../../shared/fault.ts'

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace'

export type LogFields = Record<string, unknown>

/** `message` is finished: escaped, cut, redacted. */
export type LogRecord = { level: LogLevel; subsystem: string; message: string; timeMs: number }

/** UTF-16 units of one field's value: what peers send must not fill the log (SE5). */
const maxFieldLength = 256
const maxMessageLength = 4096

/** One JSON object without a line end. The command joins the numbered values and shows the subsystem of `0`. */
export function logLine({ level, subsystem, message, timeMs }: LogRecord): string {
  const name = JSON.stringify({ subsystem })
  const time = new Date(timeMs).toISOString()
  return JSON.stringify({
    0: name,
    1: message,
    time,
    _meta: { logLevelName: level.toUpperCase(), name, date: time },
  })
}

/** The message with its fields as `name=value`, printable on one line whatever they hold. */
export function messageText(message: string, fields: LogFields = {}): string {
  const parts = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${printable(name)}=${fieldText(value)}`)
  return [cut(printable(message), maxMessageLength), ...parts].join(' ')
}

function fieldText(value: unknown): string {
  if (value instanceof Fault) return quote(cut(faultText(value), maxMessageLength))
  // A stack is ours, not a peer's, and worth its length.
  if (value instanceof Error) return quote(cut(value.stack ?? value.message, maxMessageLength))
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  const short = cut(text, maxFieldLength)
  return typeof value === 'string' && /[\s"=]/.test(short) ? quote(short) : printable(short)
}

function quote(text: string): string {
  return printable(JSON.stringify(text))
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`
}

/** Control and direction characters as escapes, so that no reader's terminal obeys them. */
function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
