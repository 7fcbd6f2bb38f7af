/** This machine as the node's commands see it. */

import { readdir } from 'node:fs/promises'
import type { ClientPaths, Env } from '../client/paths.ts'
import { programsOf } from '../client/system-programs.ts'
import { findProgram } from '../exec/resolve.ts'
import type { Machine } from './node-command.ts'

export function thisMachine(env: Env, { home }: ClientPaths): Machine {
  return {
    ...{ platform: process.platform, env, home, ask: programsOf(env) },
    find: (program) => findProgram(program, home, env.PATH ?? ''),
    names: (folder) => readdir(folder).catch(() => []), // not there, or not ours to read: nothing is in it
  }
}
