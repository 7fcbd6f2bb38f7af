/** Every tool of the gateway, by hand. What is not listed here does not exist for any agent. */

import { type ExecParts, execTool } from './exec/exec-tool.ts'
import type { Tool } from './tool.ts'

export function toolTable(parts: { exec: ExecParts }): readonly Tool[] {
  return [execTool(parts.exec)]
}
