/** What the file tools are built from. */

import type { ToolContext } from '../tool.ts'
import { Workspace } from './workspace.ts'

export type FileParts = {
  /** The workspace of the agent that asks. */
  workspace(context: ToolContext): Promise<Workspace>
  /** Name of this machine. */
  hostName: string
}

/** `protectedPaths`: the gateway's state folder and configuration. */
export function fileParts(hostName: string, protectedPaths: readonly string[]): FileParts {
  return { hostName, workspace: (context) => Workspace.open(context.workspace, protectedPaths) }
}
