/** The tool `send_file`: a file of the workspace to the chat of the session. */

import * as z from 'zod'
import { Fault } from '../../../shared/fault.ts'
import type { FileParts } from '../files/parts.ts'
import { defineTool, textOutcome } from '../tool.ts'

/** Puts a file on its way to the chat of a session; throws a `Fault` where there is none or it is too large. */
export type SendFile = (
  sessionKey: string,
  file: { name: string; mimeType: string; bytes: Uint8Array; caption: string; key: string },
) => Promise<{ channel: string; chat: string }>

/** More is sent to no chat, whatever its settings say. */
const maxFileBytes = 20 * 1024 * 1024

const params = z.object({
  path: z.string(),
  caption: z.string().max(1000).optional().describe('Said with it.'),
})

export function sendFileTool({ workspace, hostName }: FileParts, send: SendFile) {
  return defineTool({
    name: 'send_file',
    description: 'Sends a photo or file of the workspace to the person or group you are chatting with.',
    params,
    risk: 'write',
    async run({ path, caption = '' }, context) {
      const files = await workspace(context)
      const { handle, real, size } = await files.openFile(path)
      await using _ = handle
      if (size > maxFileBytes) throw new Fault('tool.failed', `${path} has ${size} bytes, more than a chat takes.`)
      const name = files.nameOf(real)
      const file = {
        name: name.split('/').at(-1) ?? name,
        mimeType: mimeTypeOf(name),
        bytes: await handle.readFile(),
        caption,
        key: `${context.runId}:${context.toolCallId}`,
      }
      const { channel, chat } = await send(context.sessionKey, file)
      const details = {
        where: `gateway ${hostName}`,
        path: name,
        bytes: size,
        channel,
        chat,
        status: 'completed' as const,
      }
      return textOutcome(`${name} (${size} bytes) is on its way.`, details)
    },
  })
}

function mimeTypeOf(name: string): string {
  const type = /\.(jpe?g|png|webp)$/i.exec(name)?.[1]?.toLowerCase().replace('jpg', 'jpeg')
  return type === undefined ? 'application/octet-stream' : `image/${type}`
}
