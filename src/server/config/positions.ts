/** Where each key of a JSON5 text stands, so that a problem can be shown with its line. Pure. */

import { isRecord } from '../../shared/std/json.ts'

/** Dotted path → line, counted from 1. `duplicates`: keys given twice in one object, of which JSON5 keeps the last. */
export type Positions = { lines: Map<string, number>; duplicates: { path: string; line: number }[] }

/** `a.b[0].c` or `a["my.host"]`, as problems name a place and `parseSettingPath` reads it. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    if (!/^[A-Za-z_$][\w$-]*$/.test(String(part))) return `${text}[${JSON.stringify(String(part))}]`
    return text === '' ? String(part) : `${text}.${String(part)}`
  }, '')
}

const token =
  /[\s\u00a0\ufeff]+|\/\/[^\n\r\u2028\u2029]*|\/\*[\s\S]*?\*\/|"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'|[{}[\]:,]|[^\s{}[\]:,"'/]+/gy

type Frame = { path: PropertyKey[]; isList: boolean; index: number; key: string | undefined; seen: Set<string> }

/** `text` must be valid JSON5. `unquote` turns a key as written into its name. */
export function locate(text: string, unquote: (key: string) => string): Positions {
  const lines = new Map<string, number>()
  const duplicates: Positions['duplicates'] = []
  const stack: Frame[] = []
  let line = 1
  for (const [word] of text.matchAll(token)) {
    const top = stack.at(-1)
    if (word === '{' || word === '[') {
      stack.push({ path: place(top), isList: word === '[', index: 0, key: undefined, seen: new Set() })
      lines.set(pathText(place(top)), lines.get(pathText(place(top))) ?? line)
    } else if (word === '}' || word === ']') stack.pop()
    else if (word === ',' && top) {
      top.index++
      top.key = undefined
    } else if (top && word !== ':' && !isBlank(word)) {
      if (top.isList) lines.set(pathText(place(top)), line)
      else if (top.key === undefined) {
        top.key = unquote(word)
        const path = pathText(place(top))
        if (top.seen.has(top.key)) duplicates.push({ path, line })
        top.seen.add(top.key)
        lines.set(path, line)
      }
    }
    line += word.match(/\r\n|[\n\r\u2028\u2029]/g)?.length ?? 0
  }
  return { lines, duplicates }
}

function place(frame: Frame | undefined): PropertyKey[] {
  if (!frame) return []
  return [...frame.path, frame.isList ? frame.index : (frame.key ?? '')]
}

function isBlank(word: string): boolean {
  return /^(\s|\ufeff|\/\/|\/\*)/.test(word)
}

/** The line of `path`, or of the nearest thing around it that has one. */
export function lineOf(lines: ReadonlyMap<string, number>, path: readonly PropertyKey[]): number | undefined {
  for (let end = path.length; end > 0; end--) {
    const line = lines.get(pathText(path.slice(0, end)))
    if (line !== undefined) return line
  }
  return undefined
}

/** Calls `visit` for every text in `value`, with its path; returns a copy with what it returned in place. */
export function mapTexts(
  value: unknown,
  visit: (text: string, path: PropertyKey[]) => unknown,
  path: PropertyKey[] = [],
): unknown {
  if (typeof value === 'string') return visit(value, path)
  if (Array.isArray(value)) return value.map((item, i) => mapTexts(item, visit, [...path, i]))
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, visit, [...path, key])]))
}
