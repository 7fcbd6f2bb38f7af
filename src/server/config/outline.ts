/** The schema as a flat list of keys, for docs, redaction and "did you mean". Pure. */

import * as z from 'zod'
import { once } from '../../shared/std/once.ts'
import { configSchema } from './schema.ts'

/** A JSON Schema node as far as it is read here. */
export type SchemaNode = {
  type?: string
  description?: string
  default?: unknown
  const?: unknown
  enum?: unknown[]
  secret?: boolean
  properties?: Record<string, SchemaNode>
  additionalProperties?: SchemaNode | boolean
  items?: SchemaNode
  anyOf?: SchemaNode[]
}

export type OutlineKey = { path: string; node: SchemaNode; isGroup: boolean }

/** Made once: it takes milliseconds, and every setting that is looked up asks for it. */
export const schemaTree = once(
  (): SchemaNode => z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as SchemaNode,
)

/** Every key in reading order; `<name>` stands for any key of a record and `[]` for any item of a list. */
export function outline(node: SchemaNode = schemaTree(), path = ''): OutlineKey[] {
  return children(node).flatMap(([name, child]) => {
    const childPath = name === '[]' ? `${path}[]` : path === '' ? name : `${path}.${name}`
    const below = outline(child, childPath)
    return [{ path: childPath, node: child, isGroup: below.length > 0 }, ...below]
  })
}

function children(node: SchemaNode): [name: string, child: SchemaNode][] {
  const alternatives = (node.anyOf ?? []).flatMap(children)
  const items = node.items && children(node.items).length > 0 ? [['[]', node.items] as [string, SchemaNode]] : []
  const any =
    typeof node.additionalProperties === 'object' ? [['<name>', node.additionalProperties] as [string, SchemaNode]] : []
  return [...Object.entries(node.properties ?? {}), ...any, ...items, ...alternatives]
}

/** The node that describes the value at `path`, through records, lists and alternatives. */
export function nodeAt(path: readonly PropertyKey[], root: SchemaNode = schemaTree()): SchemaNode | undefined {
  const [first, ...rest] = path
  if (first === undefined) return root
  const named = root.properties?.[String(first)]
  const any = typeof root.additionalProperties === 'object' ? root.additionalProperties : undefined
  const next = typeof first === 'number' ? root.items : (named ?? any)
  if (next) return nodeAt(rest, next)
  for (const alternative of root.anyOf ?? []) {
    const found = nodeAt(path, alternative)
    if (found) return found
  }
  return undefined
}
