/** The tool `read`: lines of a text file in the workspace. */

import * as z from 'zod'
import { truncateBytes } from '../../../shared/std/text.ts'
import { defineTool, textOutcome } from '../tool.ts'
import type { FileParts } from './parts.ts'
import { isBinary } from './text-file.ts'

/** Larger files are left to commands such as `sed -n`. */
const maxFileBytes = 16 * 1024 * 1024
/** Given to the model at once. */
const maxShownBytes = 48 * 1024

const params = z.object({
  path: z.string(),
  offset: z.int().min(1).optional().describe('First line, from 1.'),
  limit: z.int().min(1).optional().describe('Number of lines.'),
})

export function readTool({ workspace, hostName }: FileParts) {
  return defineTool({
    name: 'read',
    description: 'Reads a text file in the workspace.',
    params,
    risk: 'read',
    async run({ path, offset = 1, limit }, context) {
      const files = await workspace(context)
      const { handle, real, size } = await files.openFile(path)
      await using _ = handle
      const details = { where: `gateway ${hostName}`, path: files.nameOf(real), bytes: size }
      const fail = (text: string) => textOutcome(text, { ...details, status: 'failed' }, true)
      if (size > maxFileBytes)
        return fail(`${path} has ${size} bytes, more than this tool reads. Use exec with sed or head.`)
      const bytes = await handle.readFile()
      if (isBinary(bytes)) return fail(`${path} is not text (${size} bytes).`)
      const slice = sliceLines(bytes.toString('utf8'), offset, limit)
      return textOutcome(slice.text, { ...details, status: 'completed', truncated: slice.isCut })
    },
  })
}

/** Lines `offset` to `offset + limit - 1`, with a note of what is left when they are not the rest of the file. */
function sliceLines(text: string, offset: number, limit: number | undefined): { text: string; isCut: boolean } {
  const lines = text.split('\n')
  const wanted = lines.slice(offset - 1, limit === undefined ? undefined : offset - 1 + limit)
  const shown: string[] = []
  let bytes = 0
  for (const line of wanted) {
    bytes += Buffer.byteLength(line) + 1
    if (bytes > maxShownBytes && shown.length > 0) break
    shown.push(line)
  }
  const joined = clipBytes(shown.join('\n'), maxShownBytes)
  const next = offset + shown.length
  const left = lines.length - (next - 1)
  if (left <= 0 && joined.isWhole) return { text: joined.text, isCut: false }
  const note = joined.isWhole
    ? `${left} more lines; go on with offset ${next}`
    : 'this line is longer than can be shown'
  return { text: `${joined.text}\n[… ${note} …]`, isCut: true }
}

function clipBytes(text: string, limit: number): { text: string; isWhole: boolean } {
  const clipped = truncateBytes(text, limit)
  return { text: clipped, isWhole: clipped.length === text.length }
}
