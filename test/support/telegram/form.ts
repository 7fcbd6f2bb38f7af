/** What a call of the Bot API carries: JSON, or a form with files. */

import { parse } from 'node:querystring'

export function formFields(type: string, body: Buffer): Record<string, unknown> {
  if (body.length === 0) return {}
  if (type.startsWith('application/json')) return JSON.parse(body.toString('utf8')) as Record<string, unknown>
  const boundary = /boundary="?([^";]+)/.exec(type)?.[1]
  if (boundary === undefined) return { ...parse(body.toString('utf8')) }
  const parts = body.toString('latin1').split(`--${boundary}`).slice(1, -1).map(readPart)
  const files = Object.fromEntries(parts.flatMap((part) => (part.fileName === undefined ? [] : [[part.name, part]])))
  const fields = parts.filter(({ fileName }) => fileName === undefined)
  return Object.fromEntries(fields.map(({ name, bytes }) => [name, fieldOf(bytes.toString('utf8'), files)]))
}

type Part = { name: string; fileName: string | undefined; bytes: Buffer }

function readPart(text: string): Part {
  const end = text.indexOf('\r\n\r\n')
  const head = Buffer.from(text.slice(0, end), 'latin1').toString('utf8')
  return {
    name: /\bname="?([^";\r\n]+)/.exec(head)?.[1] ?? '',
    fileName: /filename="?([^";\r\n]+)/.exec(head)?.[1],
    bytes: Buffer.from(text.slice(end + 4, -2), 'latin1'),
  }
}

/** A file is named by the part that holds it. */
function fieldOf(text: string, files: Record<string, Part>): unknown {
  const attached = /^attach:\/\/(.+)$/.exec(text)?.[1]
  const file = attached === undefined ? undefined : files[attached]
  if (file) return { name: file.fileName, bytes: file.bytes }
  return /^[[{]/.test(text) ? JSON.parse(text) : text
}
