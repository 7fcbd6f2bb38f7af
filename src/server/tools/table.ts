/** Every tool of the gateway, by hand. What is not listed here does not exist for any agent. */

import { type ExecParts, execTool } from './exec/exec-tool.ts'
import { editTool } from './files/edit.ts'
import { listTool } from './files/list.ts'
import type { FileParts } from './files/parts.ts'
import { readTool } from './files/read.ts'
import { writeTool } from './files/write.ts'
import type { Tool } from './tool.ts'

export function toolTable(parts: { exec: ExecParts; files: FileParts }): readonly Tool[] {
  return [
    execTool(parts.exec),
    readTool(parts.files),
    writeTool(parts.files),
    editTool(parts.files),
    listTool(parts.files),
  ]
}
