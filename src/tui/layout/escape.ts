/** A command as rows of a screen, wholly, for someone who must decide whether it may run (EX3). */
import { sign, strange } from '../../shared/escape-command.ts'
import type { Row, Span, Style } from './span.ts'
import { wrapSpans } from './wrap.ts'

/** The whole command as rows, its signs in a style of their own; a row ends after each `⟨LF⟩`. The caller pages. */
export function commandRows(
  command: string,
  width: number,
  signStyle: Style = { color: 'warning', inverse: true },
): Row[] {
  const spans: Span[] = []
  let at = 0
  for (const match of command.matchAll(strange)) {
    if (match.index > at) spans.push({ text: command.slice(at, match.index) })
    spans.push({ text: sign(match[0]), style: signStyle })
    at = match.index + match[0].length
    if (match[0] === '\n' && at < command.length) spans.push({ text: '\n' })
  }
  if (at < command.length) spans.push({ text: command.slice(at) })
  return wrapSpans(spans, width)
}
