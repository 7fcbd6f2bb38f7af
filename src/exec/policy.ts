/** Whether a command runs, asks or is refused. Pure: facts in, verdict out. */

import { resolve } from 'node:path'
import type { Command } from './command.ts'
import { isInside, isProtected } from './protected.ts'
import { namesRiskyProgram, riskOf } from './risk.ts'
import { type AllowRule, matchesRule } from './rules.ts'

/**
 * `deny` refuses everything. `ask` asks each time, except for what a person allowed for good. `allowlist` also runs
 * what its rules cover and asks about the rest. `full` runs everything unasked.
 */
export const execModes = ['deny', 'allowlist', 'ask', 'full'] as const
export type ExecMode = (typeof execModes)[number]

export type ExecPolicy = {
  mode: ExecMode
  /** Whose policy it is, for its sentences. */
  owner: 'gateway' | 'node'
  /** Their programs with all links resolved. */
  rules: readonly AllowRule[]
  /** Folders and files of the gateway or node itself, which no listed command may be pointed at (requirement EX8). */
  protectedPaths: readonly string[]
  /** Where the agent writes, all links resolved; a program there is the agent's own work. */
  workspace: string
}

export type Verdict =
  | { kind: 'allow'; because: 'full' | 'rule' | 'remembered' }
  /** `why` continues the sentence "This asks because". */
  | { kind: 'ask'; why: string }
  | { kind: 'deny'; why: string }

const settingOf = { gateway: 'tools.exec', node: 'the policy here' } as const

type Facts = Pick<Command, 'action' | 'cwd'> & { program: { path: string } }

export function decide(policy: ExecPolicy, command: Facts, isRemembered: boolean): Verdict {
  switch (policy.mode) {
    case 'deny':
      return {
        kind: 'deny',
        why: `this ${policy.owner} is set to run no commands (${settingOf[policy.owner]} is deny)`,
      }
    case 'full':
      return { kind: 'allow', because: 'full' }
    case 'ask':
      if (isRemembered && canBeRemembered(policy, command)) return { kind: 'allow', because: 'remembered' }
      return { kind: 'ask', why: obstacle(policy, command) ?? 'every command is asked about' }
    case 'allowlist': {
      if (isRemembered && canBeRemembered(policy, command)) return { kind: 'allow', because: 'remembered' }
      const why = obstacle(policy, command)
      if (why !== undefined) return { kind: 'ask', why }
      return isListed(policy, command) ? { kind: 'allow', because: 'rule' } : { kind: 'ask', why: 'no rule covers it' }
    }
  }
}

function isListed({ rules }: ExecPolicy, { action, program }: Facts): boolean {
  return action.kind === 'argv' && rules.some((rule) => matchesRule(rule, program.path, action.argv.slice(1)))
}

/** What no rule can overcome: a shell, a program that runs others, the agent's own program, the gateway's own files. */
function obstacle(policy: ExecPolicy, command: Facts): string | undefined {
  const { action, program, cwd } = command
  if (action.kind === 'shell') return `it needs a shell: ${action.why}`
  const risk = riskOf(action.argv, program.path)
  if (risk) return risk.why
  if (isInside(policy.workspace, program.path)) return 'the program is in the workspace, where the agent can write'
  return pointsAt(policy, action.argv.slice(1), cwd)
}

/**
 * Whether "always" can be kept: the approval is bound to the exact words, program and folder, so only what these words
 * fully decide qualifies. Interpreters and the like do not, alone or inside shell text.
 */
export function canBeRemembered(policy: ExecPolicy, command: Facts): boolean {
  const { action } = command
  if (action.kind === 'argv') return obstacle(policy, command) === undefined
  if (undecidedInShell.test(action.text)) return false
  const words = action.text.split(/[\s;|&<>()'"=\\]+/)
  return !namesRiskyProgram(words) && pointsAt(policy, words, command.cwd) === undefined
}

/** Expansions, file patterns, assignments, changes of folder: the same text may then mean something else tomorrow. */
const undecidedInShell = /[`$*?[\]{}~]|(^|[\s;&|(])([A-Za-z_]\w*=|(cd|pushd|popd|alias|trap|\.)(\s|$))/

function pointsAt(policy: ExecPolicy, words: readonly string[], cwd: string): string | undefined {
  // `--output=/path` and `-o/path` hold paths too.
  const paths = words.flatMap((word) => [word, word.slice(word.indexOf('=') + 1), word.replace(/^-+\w?/, '')])
  const isOwn = (path: string) => isProtected(resolve(cwd, path), policy.protectedPaths, policy.workspace)
  return isOwn(cwd) || paths.some(isOwn) ? `it is pointed at the files of this ${policy.owner}` : undefined
}
