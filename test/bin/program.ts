/** The built `clawdbot` as a program. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Home } from '../client/support.ts'
import { built, compiledOnce } from '../support/programs.ts'

export function environment(home: Home, more: Record<string, string> = {}): NodeJS.ProcessEnv {
  return { ...compiledOnce, PATH: process.env.PATH, HOME: home.dir, CLAWDBOT_STATE_DIR: home.paths.stateDir, ...more }
}

/** Runs a built program to its end. */
export async function run(home: Home, words: string[], more: Record<string, string> = {}, input = '') {
  return await endOf(words, environment(home, more), { input })
}

/** The same with exactly this environment, in that folder. */
export async function endOf(
  words: string[],
  env: NodeJS.ProcessEnv,
  { input = '', cwd }: { input?: string; cwd?: string } = {},
) {
  const child = spawn(process.execPath, [built('clawdbot'), ...words], { env, cwd })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  child.stdin.on('error', () => {}).end(input)
  const [code] = await once(child, 'close')
  return { code, out, err }
}
