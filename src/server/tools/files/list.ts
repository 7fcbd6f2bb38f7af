/** The tool `list`: what is in a folder of the workspace. */

import type { Dirent } from 'node:fs'
import { lstat, opendir } from 'node:fs/promises'
import * as z from 'zod'
import { defineTool, textOutcome } from '../tool.ts'
import type { FileParts } from './parts.ts'
import type { Folder } from './workspace.ts'

const maxEntries = 500

const params = z.object({ path: z.string().optional().describe('Default is the workspace itself.') })

export function listTool({ workspace, hostName }: FileParts) {
  return defineTool({
    name: 'list',
    description: 'Lists a folder of the workspace.',
    params,
    risk: 'read',
    async run({ path = '.' }, context) {
      const files = await workspace(context)
      await using folder = await files.openFolder(path)
      const { entries, isCut } = await entriesOf(folder)
      const lines = await Promise.all(entries.map((entry) => lineOf(folder, entry)))
      if (isCut) lines.push(`[… more than ${maxEntries} entries …]`)
      const details = { where: `gateway ${hostName}`, path: files.nameOf(folder.real), truncated: isCut }
      return textOutcome(lines.join('\n') || '(empty)', { ...details, status: 'completed' })
    },
  })
}

async function entriesOf(folder: Folder): Promise<{ entries: Dirent[]; isCut: boolean }> {
  const entries: Dirent[] = []
  for await (const entry of await opendir(folder.at('.'))) {
    if (entries.length >= maxEntries) return { entries: entries.sort(byName), isCut: true }
    entries.push(entry)
  }
  return { entries: entries.sort(byName), isCut: false }
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : 1
}

/** `name/` for folders, `name@` for links, which are not followed, and `name  12 bytes` for files. */
async function lineOf(folder: Folder, entry: Dirent): Promise<string> {
  if (entry.isDirectory()) return `${entry.name}/`
  if (entry.isSymbolicLink()) return `${entry.name}@`
  const facts = await lstat(folder.at(entry.name)).catch(() => undefined) // may be gone already
  return facts?.isFile() ? `${entry.name}  ${facts.size} bytes` : entry.name
}
