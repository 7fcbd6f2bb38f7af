/** What a service that reaches a gateway by a profile finds in its environment: what its file says, and what it gets besides. Pure. */

import type { ClientPaths, Env } from '../paths.ts'
import { searchPath } from './search-path.ts'

/** For its file, which anybody on the machine may read: no secret is in it. */
export function writtenEnvironment(env: Env, { stateDir }: Pick<ClientPaths, 'stateDir'>): Record<string, string> {
  const { CLAWDBOT_CONFIG_PATH: config, SSH_AUTH_SOCK: agent = '', XDG_RUNTIME_DIR: runtime } = env
  return {
    PATH: searchPath(env.PATH),
    CLAWDBOT_STATE_DIR: stateDir,
    ...(config ? { CLAWDBOT_CONFIG_PATH: config } : {}),
    // An agent of the session is at the same place after the next login; one in the temporary folder is not.
    ...(runtime && agent.startsWith(`${runtime}/`) ? { SSH_AUTH_SOCK: agent } : {}),
  }
}

/** All it finds. `agent`: the SSH agent that the service manager tells each of its services. */
export function foundEnvironment(written: Env, { env, agent }: { env: Env; agent: string | undefined }): Env {
  const { HOME, USER, LOGNAME, SHELL, XDG_RUNTIME_DIR } = env
  return { HOME, USER, LOGNAME, SHELL, XDG_RUNTIME_DIR, SSH_AUTH_SOCK: agent, ...written }
}
