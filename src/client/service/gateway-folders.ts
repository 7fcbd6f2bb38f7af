/** Where a gateway writes outside its state folder: workspaces of agents, the folder of its socket. */

import { dirname } from 'node:path'
import * as z from 'zod'
import { readAs } from '../../shared/std/read-as.ts'
import { parseSettings } from '../gateway-config.ts'
import type { ClientPaths } from '../paths.ts'
import { readIfThere } from '../private-file.ts'

const text = z.string().optional()
const agent = z.looseObject({ workspace: text })
const settings = z.looseObject({
  agents: z.looseObject({ defaults: agent.optional(), list: z.array(agent).optional() }).optional(),
  gateway: z.looseObject({ socket: z.looseObject({ path: text }).optional() }).optional(),
})

/**
 * Absolute; what variables decide is left out. No secret is read: root does this for the account whose gateway it is.
 * Throws `config.invalid` for a file that cannot be read.
 */
export async function gatewayFolders({ configPath, expand }: ClientPaths): Promise<string[]> {
  const source = await readIfThere(configPath)
  const parsed = readAs(settings, source === undefined ? {} : await parseSettings(configPath, source))
  const { agents, gateway } = parsed.data ?? {}
  const socket = gateway?.socket?.path
  const written = [agents?.defaults, ...(agents?.list ?? [])].flatMap((one) => one?.workspace ?? [])
  return [...written, ...(socket === undefined ? [] : [dirname(socket)])]
    .filter((path) => !path.includes('${'))
    .map(expand)
}
