/** Reads OpenSSH's client configuration from disk: the person's file, the system's, and what they include. */

import { type FileHandle, open, readdir } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { configFault } from './config-fault.ts'
import { type ConfigLine, parseConfigLines } from './config-syntax.ts'

export type ConfigFile = {
  readonly path: string
  /** Not the system's: its identities come before, and `Include` starts at `~/.ssh`. */
  readonly isUsers: boolean
  readonly lines: readonly (ConfigLine & { readonly included?: readonly ConfigFile[] })[]
}

/** As deep as OpenSSH follows includes, and more files than anybody has. */
const maxDepth = 16
const maxFiles = 1000
const maxBytes = 4 << 20

export type ConfigPlaces = {
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** `/etc/ssh/ssh_config` when absent. */
  readonly systemFile?: string
}

/** `~/.ssh/config`, then the system's. Missing files are empty; others that cannot be used throw `ssh.config`. */
export async function readConfigFiles({
  home,
  env,
  systemFile = systemConfig(env),
}: ConfigPlaces): Promise<ConfigFile[]> {
  const reader = { home, env, systemFolder: dirname(systemFile), count: 0 }
  const own = await readFile(join(home, '.ssh/config'), true, true, 0, reader)
  const system = await readFile(systemFile, false, false, 0, reader)
  return [own, system].filter((file) => file !== undefined)
}

type Reader = {
  readonly home: string
  readonly env: ConfigPlaces['env']
  readonly systemFolder: string
  count: number
}

function systemConfig(env: ConfigPlaces['env']): string {
  return process.platform === 'win32'
    ? join(env.ProgramData ?? 'C:\\ProgramData', 'ssh/ssh_config')
    : '/etc/ssh/ssh_config'
}

async function readFile(
  path: string,
  isUsers: boolean,
  isChecked: boolean,
  depth: number,
  reader: Reader,
): Promise<ConfigFile | undefined> {
  const text = await readText(path, isChecked)
  if (text === undefined) return undefined
  if (depth > maxDepth || ++reader.count > maxFiles)
    throw configFault(path, undefined, 'too many files include each other')
  const { lines, problem } = parseConfigLines(text)
  if (problem) throw configFault(path, problem.number, problem.problem)
  const read: ConfigFile['lines'][number][] = []
  for (const line of lines) {
    if (line.keyword !== 'include') read.push(line)
    else read.push({ ...line, included: await readIncluded(path, line, isUsers, depth, reader) })
  }
  return { path, isUsers, lines: read }
}

async function readIncluded(
  path: string,
  line: ConfigLine,
  isUsers: boolean,
  depth: number,
  reader: Reader,
): Promise<ConfigFile[]> {
  const found: ConfigFile[] = []
  for (const word of line.words) {
    if (word.startsWith('~') && !isUsers) throw configFault(path, line.number, `${word} cannot be included here`)
    for (const match of await glob(includePath(word, isUsers, reader))) {
      const file = await readFile(match, isUsers, true, depth + 1, reader)
      if (file) found.push(file)
    }
  }
  return found
}

function includePath(word: string, isUsers: boolean, { home, env, systemFolder }: Reader): string {
  const text = word.replace(/\$\{(\w+)\}/g, (whole, name: string) => env[name] ?? whole)
  if (text === '~' || text.startsWith('~/')) return join(home, text.slice(1))
  return isAbsolute(text) ? text : join(isUsers ? join(home, '.ssh') : systemFolder, text)
}

/** A folder counts as empty, as it does for OpenSSH. */
async function readText(path: string, isChecked: boolean): Promise<string | undefined> {
  let file: FileHandle
  try {
    file = await open(path)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw configFault(path, undefined, code === 'EACCES' ? 'it may not be read' : message, error)
  }
  try {
    const stat = await file.stat()
    if (!stat.isFile()) return ''
    if (isChecked && !isOursAlone(stat)) throw configFault(path, undefined, 'other accounts may write to it')
    if (stat.size > maxBytes) throw configFault(path, undefined, 'it is too big')
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

/** Who may write here decides which commands and keys are used. OpenSSH refuses such a file too. */
function isOursAlone({ uid, mode }: { uid: number; mode: number }): boolean {
  const own = process.getuid?.()
  return own === undefined || ((uid === own || uid === 0) && (mode & 0o022) === 0)
}

/** The files a pattern of glob(7) stands for, in its order. */
async function glob(pattern: string): Promise<string[]> {
  const [root = '', ...segments] = pattern.split('/')
  let found = [root]
  for (const segment of segments) {
    const steps = await Promise.all(found.map((folder) => globStep(folder, segment)))
    found = steps.flat()
  }
  return found.sort()
}

async function globStep(folder: string, segment: string): Promise<string[]> {
  if (!/[*?[]/.test(segment)) return [`${folder}/${segment}`]
  const names = await readdir(`${folder}/`).catch(() => []) // what is no folder holds nothing
  const shape = globExpression(segment)
  const visible = names.filter((name) => !name.startsWith('.') || segment.startsWith('.'))
  return visible.filter((name) => shape.test(name)).map((name) => `${folder}/${name}`)
}

function globExpression(segment: string): RegExp {
  const source = segment.replace(/\[!?\]?[^\]]*\]|[\s\S]/g, (part) => {
    if (part === '*') return '.*'
    if (part === '?') return '.'
    if (part.length === 1) return part.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')
    return part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\')
  })
  return new RegExp(`^${source}$`, 's')
}
