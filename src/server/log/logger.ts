/** What rooms write to the log with: a level, a sentence, and facts by name. */

import type { Clock } from '../../shared/std/clock.ts'
import { type LogFields, type LogLevel, type LogRecord, messageText } from './line.ts'
import type { Redactor } from './redact.ts'

export type Logger = { [L in LogLevel]: (message: string, fields?: LogFields) => void } & {
  /** The same log under another subsystem's name. */
  for(subsystem: string): Logger
}

/** Where finished records go: a file, a console. A sink never throws. */
export type LogSink = (record: LogRecord) => void

export type LoggerParts = {
  clock: Clock
  /** Asked for each line, so that a changed configuration counts at once. `silent` writes nothing. */
  level: () => LogLevel | 'silent'
  redactor: Redactor
  sinks: readonly LogSink[]
}

const order: readonly (LogLevel | 'silent')[] = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']

/** Fields are escaped and cut, and secrets masked, before any sink sees the line. */
export function createLogger(parts: LoggerParts, subsystem = 'gateway'): Logger {
  const write = (level: LogLevel) => (message: string, fields?: LogFields) => {
    if (order.indexOf(level) > order.indexOf(parts.level())) return
    const record = {
      level,
      subsystem,
      message: parts.redactor.redact(messageText(message, fields)),
      timeMs: parts.clock.now(),
    }
    for (const sink of parts.sinks) sink(record)
  }
  return {
    fatal: write('fatal'),
    error: write('error'),
    warn: write('warn'),
    info: write('info'),
    debug: write('debug'),
    trace: write('trace'),
    for: (name) => createLogger(parts, name),
  }
}
