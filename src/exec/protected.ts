/** Our own files, which no tool may touch: state, configuration, approvals (requirement EX8). Pure. */

import { isAbsolute, relative, sep } from 'node:path'

/** Whether `path` is `folder` or below it; both absolute. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}

/**
 * Whether `path` belongs to the gateway. A workspace may live inside the state folder, but only under a name that says
 * so (`workspace`, `workspace-work` …); what is in there is the agent's.
 */
export function isProtected(path: string, own: readonly string[], workspace: string): boolean {
  return own.some(
    (folder) => isInside(folder, path) && !(isWorkspaceOf(folder, workspace) && isInside(workspace, path)),
  )
}

function isWorkspaceOf(folder: string, workspace: string): boolean {
  return isInside(folder, workspace) && /^workspaces?(-|$)/.test(relative(folder, workspace).split(sep)[0] ?? '')
}
