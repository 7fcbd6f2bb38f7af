/** Puts a stand-in `tailscale` on a path of its own. */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TailscaleCommand, tailscaleCommand } from '../../../src/tunnel/tailscale/cli.ts'
import { type ServeState, writeServeState } from './serve.ts'
import { plainWorld, statusDocument, type World } from './world.ts'

export type StandIn = Disposable & {
  /** Its only folder; nothing of the operating system is on it. */
  readonly env: { readonly PATH: string }
  readonly command: TailscaleCommand
  change(parts: Partial<World>): void
  /** What is served, as `serve status --json` prints it. */
  served(): ServeState
  serve(state: ServeState): void
  /** The arguments of each call so far, one line each. */
  calls(): string[]
  wasCalled(): boolean
}

/** Starting Node takes a while, so what only has to be read out again is written down beforehand. */
const script = (folder: string, { node, tailscale }: Runs) => `#!/bin/sh
echo "$*" >> '${folder}/calls'
answer=
[ -f '${folder}/hangs' ] && exec /bin/sleep 600
[ "$*" = 'status --json' ] && answer='${folder}/all.json'
[ "$*" = 'status --json --peers=false' ] && answer='${folder}/self.json'
[ "$*" = 'serve status --json' ] && answer='${folder}/serve.json'
[ -n "$answer" ] && [ -f "$answer" ] && [ ! -f '${folder}/down' ] && exec /bin/cat "$answer"
NODE_COMPILE_CACHE='${process.env.NODE_COMPILE_CACHE ?? ''}' exec '${node}' '${tailscale}' '${folder}/world.json' "$@"
`

/** Node and `command.ts`, where whoever calls it may run them. */
type Runs = { readonly node: string; readonly tailscale: string }

const here: Runs = { node: process.execPath, tailscale: join(import.meta.dirname, 'command.ts') }

export function standInTailscale(parts: Partial<World> = {}, runs = here): StandIn {
  const folder = mkdtempSync(join(tmpdir(), 'clawdbot-tailscale-'))
  writeFileSync(join(folder, 'tailscale'), script(folder, runs), { mode: 0o755 })
  let world: World = plainWorld
  const change = (changed: Partial<World>) => {
    world = { ...world, ...changed }
    writeFileSync(join(folder, 'world.json'), JSON.stringify(world))
    for (const name of ['all.json', 'self.json', 'down', 'hangs']) rmSync(join(folder, name), { force: true })
    if (world.hangs) writeFileSync(join(folder, 'hangs'), '')
    if (world.backend === 'down' || world.garbled) return writeFileSync(join(folder, 'down'), '')
    writeFileSync(join(folder, 'all.json'), JSON.stringify(statusDocument(world, true), null, 2))
    writeFileSync(join(folder, 'self.json'), JSON.stringify(statusDocument(world, false), null, 2))
  }
  const serve = (state: ServeState) => writeServeState(join(folder, 'serve.json'), state)
  serve({})
  change(parts)
  const env = { PATH: folder }
  return {
    env,
    command: tailscaleCommand(env, []),
    change,
    serve,
    served: () => JSON.parse(readFileSync(join(folder, 'serve.json'), 'utf8')),
    calls: () => readFileSync(join(folder, 'calls'), 'utf8').trimEnd().split('\n'),
    wasCalled: () => existsSync(join(folder, 'calls')),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}
