/** Files of `NAME=value` lines as systemd reads them for `EnvironmentFile=`, read and changed with every other line kept. Pure. */

export type EnvEntry = {
  readonly name: string
  readonly value: string
  /** Where it stands in the text, line end included. */
  readonly range: readonly [number, number]
}

const nameForm = /^[A-Za-z_][A-Za-z0-9_]*$/

function isVariableName(text: string): boolean {
  return nameForm.test(text)
}

/** Of a name given twice the last counts, so it comes last. Lines that are no assignment are passed over, as systemd does. */
export function readEnvFile(text: string): EnvEntry[] {
  return [...pieces(text)].flatMap(({ name, value = '', range }) =>
    name !== undefined && isVariableName(name) ? [{ name, value, range }] : [],
  )
}

export type EnvSlip = { readonly line: number; readonly what: string }

/** What is passed over, and a quote without an end; nothing of what stands there is repeated, for it may be a secret. */
export function envFileSlips(text: string): EnvSlip[] {
  return [...pieces(text)].flatMap((piece) => {
    const what = slipOf(piece, text)
    return what === undefined ? [] : [{ line: text.slice(0, piece.range[0]).split('\n').length, what }]
  })
}

function slipOf({ name, value = '', isClosed, range }: Piece, text: string): string | undefined {
  if (name === undefined)
    return /^\s*([#;]|$)/.test(text.slice(...range)) ? undefined : 'is no NAME=value, and is passed over'
  if (!isVariableName(name)) return 'has no name that a variable may have (letters, digits and _), and is passed over'
  if (value.includes('\0')) return 'has a value that no variable may hold, and is passed over'
  return isClosed ? undefined : 'opens a quote that nothing closes, so all that follows is its value'
}

type Piece = {
  /** Undefined for what is no assignment. */
  readonly name?: string
  readonly value?: string
  readonly isClosed?: boolean
  readonly range: readonly [number, number]
}

function* pieces(text: string): Iterable<Piece> {
  let at = /^\ufeff?/.exec(text)?.[0].length ?? 0
  while (at < text.length) {
    const start = at
    const assignment = /[ \t]*([^\s=#;][^\n=]*?)[ \t]*=/y
    assignment.lastIndex = at
    const name = assignment.exec(text)?.[1]
    if (name === undefined) {
      at = endOfLine(text, at)
      yield { range: [start, at] }
      continue
    }
    const { value, isClosed, end } = readValue(text, assignment.lastIndex)
    at = end
    yield { name, value, isClosed, range: [start, at] }
  }
}

/** The variables alone; systemd passes over a value with characters no variable may hold, and so does this. */
export function variablesOf(text: string): Record<string, string> {
  return Object.fromEntries(
    readEnvFile(text).flatMap(({ name, value }) => (value.includes('\0') ? [] : [[name, value]])),
  )
}

export type Env = Readonly<Record<string, string | undefined>>

/** The environment, and what such a file adds to it: a variable that is set there goes before the file's. */
export function beneath(env: Env, text: string): Env {
  const set = Object.entries(env).filter(([, value]) => value !== undefined && value !== '')
  return { ...variablesOf(text), ...Object.fromEntries(set) }
}

/** Quoted parts follow each other until something plain comes, which then goes to the end of the line. */
function readValue(text: string, from: number): { value: string; isClosed: boolean; end: number } {
  let value = ''
  let isClosed = true
  let at = from
  for (;;) {
    at = skip(text, at, /[ \t]*/y)
    const quote = text[at]
    if (quote !== '"' && quote !== "'") break
    const part = quote === "'" ? /'([^']*)('|$)/y : /"((?:\\[\s\S]|[^"\\])*)("|$)/y
    part.lastIndex = at
    const [, inside = '', closing = ''] = part.exec(text) ?? []
    isClosed = closing !== ''
    value += quote === "'" ? inside : inside.replace(/\\(\n|["\\`$])/g, (_, mark) => (mark === '\n' ? '' : mark))
    at = Math.max(part.lastIndex, at + 1)
  }
  const plain = /(?:\\[\s\S]|[^\n\\])*/y
  plain.lastIndex = at
  const rest = plain.exec(text)?.[0] ?? ''
  at += rest.length
  const bare = rest.replace(/\\([\s\S])/g, (_, mark) => (mark === '\n' ? '' : mark)).replace(/[ \t\r]+$/, '')
  return { value: value + bare, isClosed, end: Math.min(text.length, at + 1) }
}

function skip(text: string, from: number, blank: RegExp): number {
  blank.lastIndex = from
  blank.test(text)
  return blank.lastIndex
}

/** A comment goes on in the next line when it ends in a backslash, as systemd has it. */
function endOfLine(text: string, from: number): number {
  const line = /(?:\\[\s\S]|[^\n\\])*\n?/y
  line.lastIndex = from
  return from + Math.max(1, line.exec(text)?.[0].length ?? 1)
}

/** Puts the value where the name stands, or at the end. Throws a `RangeError` for what no variable can hold. */
export function setInEnvFile(text: string, name: string, value: string): string {
  if (!isVariableName(name)) throw new RangeError(`${JSON.stringify(name)} is not the name of a variable`)
  if (/\p{Cc}/u.test(value.replaceAll(/[\t\n]/g, ''))) throw new RangeError('the value holds control characters')
  const line = `${name}=${quoted(value)}\n`
  const present = readEnvFile(text).filter((entry) => entry.name === name)
  const last = present.at(-1)
  if (!last) return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}`
  return replaceAll(text, present, (entry) => (entry === last ? line : ''))
}

export function unsetInEnvFile(text: string, name: string): string {
  const present = readEnvFile(text).filter((entry) => entry.name === name)
  return replaceAll(text, present, () => '')
}

function replaceAll(text: string, entries: readonly EnvEntry[], by: (entry: EnvEntry) => string): string {
  return entries.reduceRight((rest, entry) => {
    const [from, to] = entry.range
    return rest.slice(0, from) + by(entry) + rest.slice(to)
  }, text)
}

function quoted(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `"${value.replace(/["\\`$]/g, '\\$&')}"`
}
