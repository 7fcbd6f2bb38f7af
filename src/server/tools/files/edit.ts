/** The tool `edit`: one passage of a text file in the workspace replaced by another. */

import * as z from 'zod'
import { Fault } from '../../../shared/fault.ts'
import { defineTool, textOutcome } from '../tool.ts'
import type { FileParts } from './parts.ts'
import { isBinary } from './text-file.ts'
import type { Workspace } from './workspace.ts'

const maxFileBytes = 4 * 1024 * 1024

const params = z.object({
  path: z.string(),
  oldText: z.string().min(1).describe('Must occur exactly once.'),
  newText: z.string(),
})

export function editTool({ workspace, hostName }: FileParts) {
  return defineTool({
    name: 'edit',
    description: 'Replaces one passage of a text file in the workspace.',
    params,
    risk: 'write',
    async run({ path, oldText, newText }, context) {
      const files = await workspace(context)
      const { text, real } = await readText(files, path)
      const at = text.indexOf(oldText)
      if (at < 0)
        throw new Fault('tool.failed', `oldText does not occur in ${path}.`, { remedy: 'Read the file again.' })
      if (text.includes(oldText, at + 1)) {
        throw new Fault('tool.failed', `oldText occurs more than once in ${path}.`, {
          remedy: 'Give more of its context.',
        })
      }
      await files.writeFile(path, text.slice(0, at) + newText + text.slice(at + oldText.length))
      const line = text.slice(0, at).split('\n').length
      const details = { where: `gateway ${hostName}`, path: files.nameOf(real), line, status: 'completed' as const }
      return textOutcome(`Changed ${details.path} at line ${line}.`, details)
    },
  })
}

async function readText(files: Workspace, path: string): Promise<{ text: string; real: string }> {
  const { handle, real, size } = await files.openFile(path)
  await using _ = handle
  if (size > maxFileBytes) throw new Fault('tool.failed', `${path} has ${size} bytes, more than this tool edits.`)
  const bytes = await handle.readFile()
  if (isBinary(bytes)) throw new Fault('tool.failed', `${path} is not text.`)
  return { text: bytes.toString('utf8'), real }
}
