/** Which programs start other programs or run code from their arguments, so that no list may let them through (EX4). */

import { basename } from 'node:path'
import { ellipsize } from '../shared/std/text.ts'
import { folderRunners, interpreters, type RiskyOptions, riskyOptions, wrappers } from './risky-programs.ts'

/** `why` is the second half of a sentence that begins "This asks because". */
export type Risk = { kind: 'wrapper' | 'interpreter' | 'folder' | 'option'; why: string }

/**
 * What speaks against running `argv` without asking; undefined when nothing is known. `path` is the resolved program:
 * its own name and the name it is called by both count, because one file can be many programs (busybox).
 */
export function riskOf(argv: readonly string[], path: string): Risk | undefined {
  for (const name of [...namesOf(path), ...namesOf(argv[0] ?? '')]) {
    const risk = riskOfName(name) ?? riskOfOptions(name, argv.slice(1))
    if (risk) return risk
  }
  return undefined
}

/** Whether any of the words names a risky program; for shell text, where it is not known which word is a program. */
export function namesRiskyProgram(words: readonly string[]): boolean {
  return words.some((word) => namesOf(word).some((name) => riskOfName(name) !== undefined))
}

function riskOfName(name: string): Risk | undefined {
  if (wrappers.has(name) || /^ld[-.].*so(\.\d+)*$/.test(name)) {
    return { kind: 'wrapper', why: `${name} starts other programs` }
  }
  if (interpreters.has(name) || /^(python|perl|ruby|php|lua|node|tclsh|wish|guile)[\d.-]/.test(name)) {
    return { kind: 'interpreter', why: `${name} runs code it is given` }
  }
  if (folderRunners.has(name)) return { kind: 'folder', why: `${name} runs what files in its folder say` }
  return undefined
}

/** The name as it is, and without what distributions add: `python3.11` is `python`, `vim.basic` is `vim`. */
function namesOf(path: string): string[] {
  const name = basename(path).toLowerCase()
  const plain = name
    .replace(/[.-](exe|basic|tiny|nox|gtk3?|athena|traditional|openbsd|static|distrib|real)$/, '')
    .replace(/^[a-z0-9_]+-[a-z0-9_]+-(gnu[a-z]*|musl|darwin[\d.]*)-/, '')
    .replace(/[-.]?\d+([.-]\d+)*[a-z]?$/, '')
  return plain === '' || plain === name ? [name] : [name, plain]
}

function riskOfOptions(name: string, args: readonly string[]): Risk | undefined {
  const risky = Object.hasOwn(riskyOptions, name) ? riskyOptions[name] : undefined
  if (!risky) return undefined
  const found = args.find((arg, index) => isRiskyArgument(risky, arg, index))
  if (found === undefined) return undefined
  return { kind: 'option', why: `${ellipsize(found, 40)} lets ${name} start programs or write files` }
}

function isRiskyArgument(risky: RiskyOptions, arg: string, index: number): boolean {
  if (risky.words?.includes(arg) || risky.pattern?.test(arg)) return true
  if (arg.startsWith('--')) {
    const given = arg.slice(2).split('=', 1)[0] ?? ''
    return given !== '' && (risky.long ?? []).some((option) => option.startsWith(given))
  }
  const bundle = arg.startsWith('-') ? arg.slice(1) : risky.isOldStyle && index === 0 ? arg : ''
  return [...bundle].some((letter) => risky.short?.includes(letter))
}
