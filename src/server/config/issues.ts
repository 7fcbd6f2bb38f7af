/** From what the schema refuses to sentences a person can act on. Pure. */

import type * as z from 'zod'
import { didYouMean } from '../../shared/std/text.ts'
import { nodeAt, outline, type SchemaNode } from './outline.ts'
import { lineOf, type Positions, pathText } from './positions.ts'
import type { ConfigIssue } from './text.ts'

/** One issue per problem; several unknown keys of one object are several problems. */
export function schemaIssues(error: z.ZodError, positions: Positions): ConfigIssue[] {
  const isThere = (path: readonly PropertyKey[]) => path.length === 0 || positions.lines.has(pathText(path))
  const told = (draft: Draft) => (draft.isType && !isThere(draft.path) ? missing(draft) : draft)
  return error.issues.flatMap(issuesOf).map((draft) => withLine(told(draft), positions))
}

/** `isType`: it says what kind of value belongs there. */
type Draft = { path: readonly PropertyKey[]; message: string; remedy?: string; isType?: boolean }

function issuesOf(issue: z.core.$ZodIssue): Draft[] {
  const { path } = issue
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key))
    case 'invalid_value':
      return [{ path, message: `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}` }]
    case 'invalid_type':
      return [{ path, message: `must be ${article(issue.expected)}`, isType: true }]
    case 'too_small':
      return [{ path, message: sizeText('at least', issue.minimum, issue.origin) }]
    case 'too_big':
      return [{ path, message: sizeText('at most', issue.maximum, issue.origin) }]
    case 'invalid_key':
      return [{ path, message: issue.issues.map((inner) => `its name ${inner.message}`).join('; ') }]
    case 'invalid_format':
      return [{ path, message: formats[issue.format] ?? issue.message }]
    case 'invalid_union':
      return unionIssues(path, issue.errors)
    default:
      return [{ path, message: issue.message }]
  }
}

/** Formats whose schema brings no words of its own. */
const formats: Readonly<Record<string, string>> = {
  ipv4: 'must be an IPv4 address',
  ipv6: 'must be an IPv6 address',
  url: 'must be an address such as https://gw.example.com',
}

/** The alternative that came furthest says all it has to say; when none got inside the value, all are named. */
function unionIssues(path: readonly PropertyKey[], errors: readonly (readonly z.core.$ZodIssue[])[]): Draft[] {
  const isInside = (inner: z.core.$ZodIssue) => inner.path.length > 0 || inner.code === 'unrecognized_keys'
  const [inside] = errors.filter((alternative) => alternative.some(isInside)).sort((a, b) => a.length - b.length)
  if (inside) return inside.flatMap((inner) => issuesOf({ ...inner, path: [...path, ...inner.path] }))
  const messages = errors
    .flatMap((alternative) => alternative.slice(0, 1).flatMap(issuesOf))
    .map((draft) => draft.message)
  return [{ path, message: [...new Set(messages)].join(', or ') }]
}

function missing(draft: Draft): Draft {
  return { ...draft, message: `is missing; it ${draft.message}` }
}

function unknownKey(parent: readonly PropertyKey[], key: string): Draft {
  const path = [...parent, key]
  if (key === '$include') {
    return { path, message: 'is not supported', remedy: 'Put all settings into this one file and remove $include.' }
  }
  const siblings = keysOf(nodeAt(parent))
  const near = didYouMean(key, siblings)
  if (near !== undefined) {
    return { path, message: 'is not a known setting', remedy: `Did you mean ${pathText([...parent, near])}?` }
  }
  const elsewhere = outline().find((known) => known.path.endsWith(`.${key}`))
  const remedy = elsewhere ? `Did you mean ${elsewhere.path}?` : 'Remove it; docs/config.md lists every setting.'
  return { path, message: 'is not a known setting', remedy }
}

function keysOf(node: SchemaNode | undefined): string[] {
  return [...Object.keys(node?.properties ?? {}), ...(node?.anyOf ?? []).flatMap(keysOf)]
}

function sizeText(bound: string, limit: number | bigint, origin: string): string {
  if (origin === 'string')
    return bound === 'at least' && limit === 1 ? 'must not be empty' : `must have ${bound} ${limit} characters`
  if (origin === 'array') return `must have ${bound} ${limit} items`
  return `must be ${bound} ${limit}`
}

function article(type: string): string {
  const names: Record<string, string> = {
    int: 'a whole number',
    array: 'a list',
    boolean: 'true or false',
    string: 'text',
  }
  return names[type] ?? (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`)
}

function withLine({ path, message, remedy }: Draft, positions: Positions): ConfigIssue {
  const line = lineOf(positions.lines, path)
  return {
    path: pathText(path),
    message,
    ...(line === undefined ? {} : { line }),
    ...(remedy === undefined ? {} : { remedy }),
  }
}

/** One problem as one line of a log. */
export function issueLine({ path, line, message, remedy }: ConfigIssue): string {
  const place = line === undefined ? path : `line ${line}: ${path}`
  return [place, message, remedy === undefined ? '' : `(${remedy})`].filter((part) => part !== '').join(' ')
}

/** Every problem with its place, one block each, ready for stderr or a screen. */
export function issuesText(file: string, issues: readonly ConfigIssue[]): string {
  const blocks = issues.map(({ path, line, message, remedy }) => {
    const place = [line === undefined ? '' : `line ${line}: `, path === '' ? '' : `${path} `].join('')
    // A sentence that begins with a capital stands alone and needs no subject.
    const text = /^[A-Z]/.test(message)
      ? `${line === undefined ? '' : `line ${line}: `}${message}`
      : `${place}${message}`
    return `  ${text}${remedy === undefined ? '' : `\n    ${remedy}`}`
  })
  return [`Invalid config at ${file}.`, ...blocks].join('\n')
}
