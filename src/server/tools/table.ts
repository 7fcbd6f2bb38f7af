/** Every tool of the gateway, by hand. What is not listed here does not exist for any agent. */

import { type ExecParts, execTool } from './exec/exec-tool.ts'
import { editTool } from './files/edit.ts'
import { listTool } from './files/list.ts'
import type { FileParts } from './files/parts.ts'
import { readTool } from './files/read.ts'
import { writeTool } from './files/write.ts'
import { type SendFile, sendFileTool } from './messages/send-file.ts'
import { nodeCameraTool } from './nodes/camera.ts'
import { nodeListTool } from './nodes/list.ts'
import type { NodeParts } from './nodes/parts.ts'
import { nodeRunTool } from './nodes/run.ts'
import type { Tool } from './tool.ts'

export function toolTable(parts: {
  exec: ExecParts
  files: FileParts
  nodes: NodeParts
  sendFile: SendFile
}): readonly Tool[] {
  return [
    execTool(parts.exec),
    readTool(parts.files),
    writeTool(parts.files),
    editTool(parts.files),
    listTool(parts.files),
    nodeListTool(parts.nodes),
    nodeRunTool(parts.nodes),
    nodeCameraTool(parts.nodes),
    sendFileTool(parts.files, parts.sendFile),
  ]
}
