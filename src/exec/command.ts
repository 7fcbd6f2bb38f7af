/** A command made concrete: which file, which words, where, with what environment; and the digest that binds all of it. */

import { createHash } from 'node:crypto'
import { realpath, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { shellWords } from '../shared/std/shell-words.ts'
import { type FileIdentity, findProgram, identifyFile } from './resolve.ts'
import { riskOf } from './risk.ts'
import { readCommandLine } from './words.ts'

/** As the model asked for it; exactly one of `command` and `argv`. */
export type CommandRequest = { command?: string | undefined; argv?: string[] | undefined; cwd?: string | undefined }

export type Action =
  | { kind: 'argv'; argv: readonly [string, ...string[]] }
  /** `why` says what in the text needs a shell. */
  | { kind: 'shell'; text: string; why: string }

export type Command = {
  /** Whole and unabridged, as the approver is shown it. */
  text: string
  action: Action
  /** The file that is started: the program, or the shell. */
  program: FileIdentity
  /** Files named in the command whose content decides what happens, such as a script given to an interpreter. */
  operands: FileIdentity[]
  /** Absolute, all links resolved. */
  cwd: string
  env: Readonly<Record<string, string>>
  sessionKey: string
}

export type Prepared = { kind: 'ready'; command: Command } | { kind: 'impossible'; reason: string }

export type CommandContext = { workspace: string; sessionKey: string; env: Record<string, string> }

const shellPath = '/bin/sh'
/** More than a person can oversee is not looked at; the command is then still bound by its text. */
const maxOperands = 32

/** Looks everything up anew each time, so that two calls show whether anything changed in between. */
export async function prepareCommand(request: CommandRequest, context: CommandContext): Promise<Prepared> {
  const cwd = await folderAt(resolve(context.workspace, request.cwd ?? '.'))
  if (!cwd) return { kind: 'impossible', reason: `There is no folder ${request.cwd ?? context.workspace}.` }
  const action = actionOf(request)
  if (!action) return { kind: 'impossible', reason: 'The command is empty.' }
  const { env, sessionKey } = context
  const word = action.kind === 'argv' ? action.argv[0] : shellPath
  const path = await findProgram(word, cwd, env.PATH ?? '')
  if (!path) return { kind: 'impossible', reason: `There is no program ${word} on this machine.` }
  const program = await identifyFile(path)
  if (!program) return { kind: 'impossible', reason: `The program ${path} cannot be read, so it cannot be checked.` }
  const text = request.command ?? shellWords(request.argv ?? [])
  const operands = await filesNamedIn(action, path, cwd)
  return { kind: 'ready', command: { text, action, program, operands, cwd, env, sessionKey } }
}

function actionOf(request: CommandRequest): Action | undefined {
  const [first, ...rest] = request.argv ?? []
  if (first !== undefined) return { kind: 'argv', argv: [first, ...rest] }
  const line = readCommandLine(request.command ?? '')
  if (line.kind === 'plain') return { kind: 'argv', argv: line.words }
  return line.kind === 'shell' ? { kind: 'shell', text: request.command ?? '', why: line.why } : undefined
}

async function folderAt(path: string): Promise<string | undefined> {
  try {
    const real = await realpath(path)
    return (await stat(real)).isDirectory() ? real : undefined
  } catch {
    return undefined // said to the model in a sentence by the caller
  }
}

/** Programs and scripts that the command names, and the first file that an interpreter is given; data may change. */
async function filesNamedIn(action: Action, path: string, cwd: string): Promise<FileIdentity[]> {
  const isRunByProgram = action.kind === 'argv' && riskOf(action.argv, path) !== undefined
  const words = action.kind === 'argv' ? action.argv.slice(1) : action.text.split(/[\s;|&<>()'"`$={}]+/)
  const files: FileIdentity[] = []
  for (const word of new Set(words)) {
    if (word === '' || word.length > 4096 || files.length >= maxOperands) continue
    const path = resolve(cwd, word)
    const isScript = files.length === 0 && isRunByProgram
    if (!isScript && !(await isCode(path))) continue
    const file = await identifyFile(path)
    if (file) files.push(file)
  }
  return files
}

async function isCode(path: string): Promise<boolean> {
  if (/\.(sh|bash|zsh|fish|[cm]?[jt]sx?|py|pyw|pl|pm|rb|php|lua|tcl|awk|sed|r|jl|groovy|ps1|mk|so)$/i.test(path))
    return true
  try {
    const facts = await stat(path)
    return facts.isFile() && (facts.mode & 0o111) !== 0
  } catch {
    return false // names no file
  }
}

/**
 * What an approval is bound to (requirement EX1): the words to the last blank, the program and the files it is given,
 * folder, environment and session. Any difference gives another digest.
 */
export function bindingDigest(command: Command): string {
  const env = Object.entries(command.env).sort(([a], [b]) => (a < b ? -1 : 1))
  return digest([command.text, command.action, command.program, command.operands, command.cwd, env, command.sessionKey])
}

/** What a lasting approval is bound to: the same without session, environment and file times, which differ by nature. */
export function lastingDigest(command: Command): string {
  const files = [command.program, ...command.operands].map((file) => [
    file.path,
    file.sha256 ?? [file.inode, file.size, file.modifiedNs, file.changedNs],
  ])
  return digest([command.text, command.action, files, command.cwd])
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}

/** One approval of one command: good once, for a short time, for exactly what was shown. */
export class Permit {
  readonly #digest: string
  readonly #expiresAt: number
  #isUsed = false

  /** `expiresAt` is in the monotonic milliseconds of the clock. */
  constructor(command: Command, expiresAt: number) {
    this.#digest = bindingDigest(command)
    this.#expiresAt = expiresAt
  }

  /** Uses the permit up. Anything but `valid` means the command must not run. */
  redeem(command: Command, now: number): 'valid' | 'used' | 'expired' | 'changed' {
    if (this.#isUsed) return 'used'
    this.#isUsed = true
    if (now > this.#expiresAt) return 'expired'
    return bindingDigest(command) === this.#digest ? 'valid' : 'changed'
  }
}
