/** Follows each rule of the list to the program it would run, and looks who may exchange that. */

import { readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { isInside } from '../../exec/protected.ts'
import { riskOf } from '../../exec/risk.ts'
import { readRule } from '../../exec/rules.ts'
import { isRecord, parseJson } from '../../shared/std/json.ts'
import type { RuleFacts } from './facts.ts'

/** Rules that cannot be read, or whose program is not there, cover nothing and are left out. */
export function gatherRules(rules: readonly string[], workspaces: readonly string[]): RuleFacts[] {
  return rules.flatMap((rule) => {
    const reading = readRule(rule)
    const program = reading.kind === 'rule' ? realPath(reading.rule.program) : undefined
    if (reading.kind !== 'rule' || program === undefined) return []
    const risk = riskOf([reading.rule.program], program)?.why
    return [{ rule, program, risk, writable: writableOnTheWay(program, workspaces) }]
  })
}

/** How many commands a person allowed for good; nothing else of that list is needed. */
export function countAllowed(path: string): number {
  try {
    const parsed = parseJson(readFileSync(path, 'utf8'))
    const commands = parsed.ok && isRecord(parsed.value) ? parsed.value.commands : undefined
    return Array.isArray(commands) ? commands.length : 0
  } catch {
    return 0 // not there, or not for us: it then allows nothing either
  }
}

/** A folder like `/tmp`, where only its owner may exchange a file, is as good as closed. */
function writableOnTheWay(program: string, workspaces: readonly string[]): string | undefined {
  const workspace = workspaces.map((path) => realPath(path) ?? path).find((path) => isInside(path, program))
  if (workspace !== undefined) return workspace
  if (process.platform === 'win32') return undefined
  for (let path = program; ; path = dirname(path)) {
    const { mode } = statSync(path)
    if ((mode & 0o022) !== 0 && (mode & 0o1000) === 0) return path
    if (path === dirname(path)) return undefined
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}
