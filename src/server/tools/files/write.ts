/** The tool `write`: a whole file in the workspace. */

import * as z from 'zod'
import { defineTool, textOutcome } from '../tool.ts'
import type { FileParts } from './parts.ts'

/** In UTF-16 units. */
const maxContentLength = 1024 * 1024

const params = z.object({ path: z.string(), content: z.string().max(maxContentLength) })

export function writeTool({ workspace, hostName }: FileParts) {
  return defineTool({
    name: 'write',
    description: 'Writes a file in the workspace, replacing it if it is there.',
    params,
    risk: 'write',
    async run({ path, content }, context) {
      const files = await workspace(context)
      const { real, isNew } = await files.writeFile(path, content)
      const bytes = Buffer.byteLength(content)
      const details = { where: `gateway ${hostName}`, path: files.nameOf(real), bytes, status: 'completed' as const }
      return textOutcome(`${isNew ? 'Made' : 'Replaced'} ${details.path} (${bytes} bytes).`, details)
    },
  })
}
