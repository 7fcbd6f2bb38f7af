/** Prints a zod schema as the TypeScript a reader would write for it: on one line when it fits. Pure. */
import { z } from 'zod'

/** The part of JSON Schema that zod produces from our schemas. */
type Schema = {
  $ref?: string
  type?: string | string[]
  const?: unknown
  enum?: unknown[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
}

const widthColumns = 110

/** What the sender writes (`input`) or the receiver may rely on (`output`). */
export function shape(schema: z.ZodType, io: 'input' | 'output'): string {
  return print(z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' }) as Schema, '')
}

function print(schema: Schema, indent: string): string {
  if (schema.$ref !== undefined) return 'unknown' // a recursive schema; its name says enough
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return [...new Set(choices.map((choice) => print(choice, indent)))].join(' | ')
  if (schema.allOf) return schema.allOf.map((part) => print(part, indent)).join(' & ')
  if (schema.type === 'array') return printArray(schema.items ?? {}, indent)
  if (schema.type === 'object') return printObject(schema, indent)
  return printPlain(schema.type)
}

function printPlain(type: Schema['type']): string {
  if (type === undefined) return 'unknown'
  return [type]
    .flat()
    .map((name) => (name === 'integer' ? 'number' : name))
    .join(' | ')
}

function printArray(items: Schema, indent: string): string {
  const item = print(items, indent)
  return / \| (?![^{]*})/.test(item) ? `(${item})[]` : `${item}[]`
}

function printObject(schema: Schema, indent: string): string {
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const mark = schema.required?.includes(name) ? '' : '?'
    return `${name}${mark}: ${print(field, `${indent}  `)}`
  })
  const others = schema.additionalProperties
  if (fields.length === 0)
    return typeof others === 'object' && Object.keys(others).length > 0
      ? `Record<string, ${print(others, indent)}>`
      : '{}'
  const line = `{ ${fields.join(', ')} }`
  if (line.length + indent.length <= widthColumns && !line.includes('\n')) return line
  return `{\n${fields.map((field) => `${indent}  ${field},\n`).join('')}${indent}}`
}
