/** Changes one setting in the text of the file and leaves every other character, comments included, as it was. Pure. */

import { isDeepStrictEqual } from 'node:util'
import { type MemberNode, type ObjectNode, parse, type ValueNode } from '@humanwhocodes/momoa'
import JSON5 from 'json5'
import { Fault } from '../../shared/fault.ts'
import { isRecord } from '../../shared/std/json.ts'
import { pathText } from './positions.ts'

export type SettingPath = readonly (string | number)[]

/** `gateway.port`, `agents.list[0].model`, `models.providers["my.host"].apiKey`. Throws `usage.invalid`. */
export function parseSettingPath(text: string): SettingPath {
  const parts: (string | number)[] = []
  const part = /\.?([A-Za-z_$][\w$-]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/gy
  let end = 0
  for (const match of text.matchAll(part)) {
    if (match.index === 0 && match[0].startsWith('.')) break
    const [whole, name, index, quoted] = match
    parts.push(name ?? (index === undefined ? String(JSON.parse(quoted ?? '""')) : Number(index)))
    end = match.index + whole.length
  }
  if (end === text.length && parts.length > 0) return parts
  throw new Fault('usage.invalid', `${JSON.stringify(text)} is not the path of a setting`, {
    remedy: 'Write it like gateway.port, agents.list[0].model or models.providers["my.host"].baseUrl.',
  })
}

/** Undefined where there is none. */
export function settingAt(root: unknown, path: SettingPath): unknown {
  return path.reduce<unknown>((at, key) => {
    if (Array.isArray(at)) return at[Number(key)]
    return isRecord(at) ? at[key] : undefined
  }, root)
}

/** `text` must be valid JSON5 with an object on top, or blank. Throws `usage.invalid` where the path leads through a plain value. */
export function setSetting(text: string, path: SettingPath, value: unknown): string {
  const source = text.trim() === '' ? '{\n}\n' : text
  const { node, rest } = descend(source, path)
  const [key, ...inner] = rest
  if (key === undefined) return checked(source, replace(source, node.range, printed(value, source, node)), path, value)
  if (node.type !== 'Object' || typeof key === 'number') throw notThere(path, rest, node)
  const whole = inner.reduceRight<unknown>((nested, name) => ({ [name]: nested }), value)
  if (inner.some((name) => typeof name === 'number')) throw notThere(path, rest, node)
  return checked(source, insert(source, node, key, whole), path, value)
}

/** The same text when the setting is not in it. */
export function unsetSetting(text: string, path: SettingPath): string {
  if (text.trim() === '') return text
  const { node: parent, rest } = descend(text, path.slice(0, -1))
  const key = path.at(-1)
  if (rest.length > 0 || key === undefined) return text
  const found = parent.type === 'Object' ? memberOf(parent, key) : elementOf(parent, key)
  return found === undefined ? text : removeAll(text, parent, found, key)
}

type Range = readonly [number, number]
type Ranged<T> = T & { readonly range: Range }

/** Follows the path as far as the file goes. */
function descend(text: string, path: SettingPath): { node: Ranged<ValueNode>; rest: SettingPath } {
  const document = parse(text, { mode: 'json5', ranges: true, allowTrailingCommas: true })
  let node = document.body as Ranged<ValueNode>
  for (const [depth, key] of path.entries()) {
    const next = node.type === 'Object' ? memberOf(node, key)?.value : elementOf(node, key)
    if (next === undefined) return { node, rest: path.slice(depth) }
    node = next as Ranged<ValueNode>
  }
  return { node, rest: [] }
}

/** Of a key given twice the last counts. */
function memberOf(node: ObjectNode, key: string | number): Ranged<MemberNode> | undefined {
  return node.members.findLast((member) => nameOf(member) === String(key)) as Ranged<MemberNode> | undefined
}

function elementOf(node: ValueNode, key: string | number): Ranged<ValueNode> | undefined {
  if (node.type !== 'Array' || typeof key !== 'number') return undefined
  return node.elements[key]?.value as Ranged<ValueNode> | undefined
}

function nameOf({ name }: MemberNode): string {
  return name.type === 'Identifier' ? name.name : name.value
}

function notThere(path: SettingPath, rest: SettingPath, node: ValueNode): Fault {
  const above = pathText(path.slice(0, path.length - rest.length))
  const kind = node.type === 'Object' ? 'an object' : node.type === 'Array' ? 'a list' : 'a plain value'
  return new Fault('usage.invalid', `${pathText(path)} cannot be set: ${above || 'the file'} is ${kind}`, {
    remedy: `Set ${above || 'the whole'} at once, as JSON, or use: clawdbot config edit`,
  })
}

function replace(text: string, [from, to]: Range, by: string): string {
  return text.slice(0, from) + by + text.slice(to)
}

/** JSON5 as people write it; quoted names where the object around it quotes its own. */
function printed(value: unknown, text: string, at: { readonly range: Range }, isQuoted = false): string {
  const print = isQuoted ? JSON.stringify(value, null, 2) : JSON5.stringify(value, { space: 2, quote: '"' })
  return print.replaceAll('\n', `\n${indentAt(text, at.range[0])}`)
}

function indentAt(text: string, offset: number): string {
  const line = text.lastIndexOf('\n', offset - 1) + 1
  return /^[ \t]*/.exec(text.slice(line, offset))?.[0] ?? ''
}

function insert(text: string, node: Ranged<ObjectNode>, key: string, value: unknown): string {
  const members = node.members as readonly Ranged<MemberNode>[]
  const isQuoted = members[0]?.name.type === 'String'
  const last = members.at(-1)
  const name = isQuoted || !/^[A-Za-z_$][\w$]*$/.test(key) ? JSON.stringify(key) : key
  if (!last) return insertFirst(text, node, `${name}: ${printed(value, text, node)}`, value)
  const entry = `${name}: ${printed(value, text, last, isQuoted)}`
  const comma = skipBlank(text, last.range[1])
  const hasComma = text[comma] === ','
  if (!text.slice(last.range[1], node.range[1]).includes('\n')) {
    return hasComma
      ? replace(text, [comma + 1, comma + 1], ` ${entry},`)
      : replace(text, [last.range[1], last.range[1]], `, ${entry}`)
  }
  const lineEnd = endOfLine(text, hasComma ? comma + 1 : last.range[1])
  const added = replace(text, [lineEnd, lineEnd], `\n${indentAt(text, last.range[0])}${entry}${hasComma ? ',' : ''}`)
  return hasComma ? added : replace(added, [last.range[1], last.range[1]], ',')
}

function insertFirst(text: string, node: Ranged<ObjectNode>, entry: string, value: unknown): string {
  const outer = indentAt(text, node.range[0])
  const inner = `${outer}  `
  const [name = '', ...lines] = entry.split('\n')
  const body = isRecord(value) ? [name, ...lines.map((line) => `  ${line}`)].join('\n') : entry
  const open = node.range[0] + 1
  const isBare = text.slice(open, node.range[1] - 1).trim() === ''
  if (isBare) return replace(text, [open, node.range[1] - 1], `\n${inner}${body},\n${outer}`)
  return replace(text, [open, open], `\n${inner}${body},`)
}

/** Every member of that name goes, or an earlier one would come back. */
function removeAll(text: string, parent: ValueNode, found: Ranged<unknown>, key: string | number): string {
  const all =
    parent.type === 'Object' ? parent.members.filter((member) => nameOf(member) === String(key)) : [found as ValueNode]
  return all.toReversed().reduce((rest, one) => remove(rest, (one as Ranged<ValueNode>).range), text)
}

function remove(text: string, [from, to]: Range): string {
  const next = skipBlank(text, to)
  const end = text[next] === ',' ? next + 1 : to
  const lineStart = text.lastIndexOf('\n', from - 1) + 1
  const lineEnd = endOfLine(text, end)
  const ownsLines = text.slice(lineStart, from).trim() === '' && (text[lineEnd] === '\n' || lineEnd === text.length)
  if (ownsLines) return text.slice(0, lineStart) + text.slice(lineEnd + 1)
  return text.slice(0, from) + text.slice(end).replace(/^[ \t]+/, '')
}

/** Past the comment that belongs to what stands before it on this line. */
function endOfLine(text: string, from: number): number {
  const rest = /^[ \t]*(\/\/[^\n\r]*|(?:\/\*(?:(?!\*\/)[^\n\r])*\*\/[ \t]*)*)/.exec(text.slice(from))
  return from + (rest?.[0].length ?? 0)
}

/** The next character that is neither blank nor comment. */
function skipBlank(text: string, from: number): number {
  const blank = /(?:[\s\ufeff]|\/\/[^\n\r\u2028\u2029]*|\/\*[\s\S]*?\*\/)*/y
  blank.lastIndex = from
  return from + (blank.exec(text)?.[0].length ?? 0)
}

/** A change must mean exactly what was asked: anything else is a mistake of ours and is not written. */
function checked(before: string, after: string, path: SettingPath, value: unknown): string {
  const expected = withValue(JSON5.parse(before), path, JSON.parse(JSON.stringify(value)))
  if (isDeepStrictEqual(JSON5.parse(after), expected)) return after
  throw new Error(`changing ${pathText(path)} would have changed more than that`)
}

function withValue(root: unknown, path: SettingPath, value: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return value
  if (Array.isArray(root)) return root.with(Number(key), withValue(root[Number(key)], rest, value))
  const record = isRecord(root) ? root : {}
  return { ...record, [key]: withValue(record[key], rest, value) }
}
