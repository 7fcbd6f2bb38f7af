/** Puts a stand-in `tailscale` on a path of its own. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TailscaleCommand, tailscaleCommand } from '../../../src/tunnel/tailscale/cli.ts'
import { plainWorld, type World } from './world.ts'

export type StandIn = Disposable & {
  /** Its only folder; nothing of the operating system is on it. */
  readonly env: { readonly PATH: string }
  readonly command: TailscaleCommand
  change(parts: Partial<World>): void
  /** The arguments of each call so far. */
  calls(): string[][]
}

export function standInTailscale(parts: Partial<World> = {}): StandIn {
  const folder = mkdtempSync(join(tmpdir(), 'clawdbot-tailscale-'))
  const worldPath = join(folder, 'world.json')
  const program = join(import.meta.dirname, 'command.ts')
  const quoted = [process.execPath, program, worldPath].map((word) => `'${word}'`).join(' ')
  writeFileSync(join(folder, 'tailscale'), `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o755 })
  let world: World = plainWorld
  const change = (changed: Partial<World>) => {
    world = { ...world, ...changed }
    writeFileSync(worldPath, JSON.stringify(world))
  }
  change(parts)
  const env = { PATH: folder }
  return {
    env,
    command: tailscaleCommand(env, []),
    change,
    calls: () =>
      readFileSync(`${worldPath}.calls`, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}
