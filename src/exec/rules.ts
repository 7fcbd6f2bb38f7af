/** Allow rules: which program may run with which arguments without asking. `/usr/bin/df -h *` is one. */

import { isAbsolute } from 'node:path'
import { readCommandLine } from './words.ts'

/** `program` is absolute; whoever uses the rule resolves its links. */
export type AllowRule = { program: string; args: readonly string[] }

export type RuleReading = { kind: 'rule'; rule: AllowRule } | { kind: 'invalid'; reason: string }

/** Any further arguments, but no options. */
const anyArguments = '**'
/** Any further arguments, options included. */
const anything = '-**'

/**
 * Reads a rule: an absolute program and a pattern for each argument. In a pattern `*` stands for any text; a pattern
 * that begins with `*` matches no option (nothing that begins with `-`). A last `**` stands for any further arguments
 * that are no options, a last `-**` for any at all. Quotes work as in a shell.
 */
export function readRule(text: string): RuleReading {
  // The stars of patterns are not file patterns here; everything else is read as the shell would.
  const line = readCommandLine(text.replaceAll('*', '\\*'))
  if (line.kind !== 'plain') return { kind: 'invalid', reason: `"${text}" is not a program with argument patterns` }
  const [program, ...args] = line.words
  if (!isAbsolute(program)) return { kind: 'invalid', reason: `"${program}" must be an absolute path` }
  if (program.includes('*')) return { kind: 'invalid', reason: `"${program}" must name one program, without *` }
  const early = args.slice(0, -1).find((arg) => arg === anyArguments || arg === anything)
  if (early) return { kind: 'invalid', reason: `${early} may only stand at the end of "${text}"` }
  return { kind: 'rule', rule: { program, args } }
}

/** Whether the rule covers a program, all links resolved, with these arguments. */
export function matchesRule(rule: AllowRule, path: string, args: readonly string[]): boolean {
  if (rule.program !== path) return false
  const last = rule.args.at(-1)
  if (last !== anyArguments && last !== anything) {
    return rule.args.length === args.length && matchesEach(rule.args, args)
  }
  const fixed = rule.args.slice(0, -1)
  const rest = args.slice(fixed.length)
  if (args.length < fixed.length || !matchesEach(fixed, args.slice(0, fixed.length))) return false
  return last === anything || rest.every((arg) => !arg.startsWith('-'))
}

function matchesEach(patterns: readonly string[], args: readonly string[]): boolean {
  return patterns.every((pattern, index) => matchesPattern(pattern, args[index] ?? ''))
}

function matchesPattern(pattern: string, arg: string): boolean {
  if (!pattern.includes('*')) return pattern === arg
  if (pattern.startsWith('*') && arg.startsWith('-')) return false
  if (pattern.includes('/') && /(^|\/)\.\.(\/|$)/.test(arg)) return false // /var/log/* does not reach /etc
  return matchesPieces(pattern.split('*'), arg)
}

/** The pieces must occur in order, the first at the start and the last at the end; linear, unlike a regular expression. */
function matchesPieces(pieces: readonly string[], text: string): boolean {
  const first = pieces[0] ?? ''
  const last = pieces.at(-1) ?? ''
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false
  let at = first.length
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  return at <= text.length - last.length
}
