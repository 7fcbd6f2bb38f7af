/** `tailscale serve` and `funnel` of the stand-in: the syntax since 1.52, as in cmd/tailscale/cli/serve_v2.go. */

import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { World } from './world.ts'

type Handler = { Proxy?: string; Path?: string; Text?: string }
type Level = {
  TCP?: Record<string, { HTTPS?: boolean; HTTP?: boolean; TCPForward?: string }>
  Web?: Record<string, { Handlers: Record<string, Handler> }>
  AllowFunnel?: Record<string, boolean>
}
/** `ipn.ServeConfig`. */
export type ServeState = Level & { Foreground?: Record<string, Level> }

type Fail = (message: string) => never

/** Whole at every moment: others read it while it is written. */
export function writeServeState(file: string, state: ServeState): void {
  const fresh = `${file}.${process.pid}`
  writeFileSync(fresh, JSON.stringify(state, null, 2))
  renameSync(fresh, file)
}

const options = { bg: { type: 'boolean' }, https: { type: 'string' }, 'set-path': { type: 'string' } } as const

export function serveOrFunnel(
  mode: 'serve' | 'funnel',
  args: readonly string[],
  world: World,
  file: string,
  fail: Fail,
): void {
  const old = Number(world.version.split('.')[1]) < 52
  const unknown = args.find((word) => word.startsWith('--') && (old || !(word.replace(/^--|=.*$/g, '') in options)))
  if (unknown !== undefined) fail(`flag provided but not defined: ${unknown.slice(1).replace(/=.*$/, '')}`)
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  const [target = '', off] = positionals
  const isOff = target === 'off' || off === 'off'
  if (!isOff && world.serveFails) {
    dontServe(mode, world.serveFails)
    return
  }
  if (!isOff && !world.https)
    fail('error enabling https feature: HTTPS must be enabled. See https://tailscale.com/s/https.')
  if (mode === 'funnel' && !world.funnel) {
    fail('Funnel not available; "funnel" node attribute not set. See https://tailscale.com/s/no-funnel.')
  }
  const place = `${world.self.name}.${world.suffix}:${values.https ?? 443}`
  const state: ServeState = JSON.parse(readFileSync(file, 'utf8'))
  if (isOff) remove(state, place, values['set-path'], fail)
  else set(state, place, values['set-path'] ?? '/', target, mode === 'funnel')
  if (!world.isOperator) {
    fail(
      `sending serve config: Access denied: serve config denied\n\nUse 'sudo tailscale ${mode} ${args.join(' ')}'.\n` +
        `To not require root, use 'sudo tailscale set --operator=$USER' once.`,
    )
  }
  writeServeState(file, state)
  if (!isOff) process.stdout.write(`Available within your tailnet:\n\nhttps://${place.replace(/:443$/, '')}/\n`)
}

/** With the feature off, the control server is asked and a person has to press a button; some versions wait for that. */
function dontServe(mode: 'serve' | 'funnel', how: NonNullable<World['serveFails']>): void {
  if (how === 'idle') {
    process.stdout.write('Available within your tailnet:\n\nhttps://…/\n')
    return
  }
  const name = mode === 'serve' ? 'Serve' : 'Funnel'
  process.stdout.write(
    `\n${name} is not enabled on your tailnet.\nTo enable, visit:\n\n         https://login.tailscale.com/f/${mode}?node=nLAPTOP\n\n`,
  )
  if (how === 'waits') setInterval(() => {}, 60_000)
}

function set(state: ServeState, place: string, path: string, target: string, isPublic: boolean): void {
  const proxied = /^\d+$/.test(target) ? `http://127.0.0.1:${target}` : target
  state.TCP = { ...state.TCP, [place.replace(/^.*:/, '')]: { HTTPS: true } }
  state.Web ??= {}
  state.Web[place] ??= { Handlers: {} }
  state.Web[place].Handlers[path] = { Proxy: proxied }
  setFunnel(state, place, isPublic)
}

function setFunnel(state: ServeState, place: string, isPublic: boolean): void {
  const { [place]: _, ...others } = state.AllowFunnel ?? {}
  state.AllowFunnel = isPublic ? { ...others, [place]: true } : others
  if (Object.keys(state.AllowFunnel).length === 0) delete state.AllowFunnel
}

/** Without a path every handler of the port goes. */
function remove(state: ServeState, place: string, path: string | undefined, fail: Fail): void {
  const handlers = state.Web?.[place]?.Handlers ?? {}
  const gone = path === undefined ? Object.keys(handlers) : [path].filter((each) => each in handlers)
  if (gone.length === 0)
    fail('error: failed to remove web serve: handler does not exist\n\ntry `tailscale serve --help` for usage info')
  for (const each of gone) delete handlers[each]
  if (Object.keys(handlers).length > 0) return
  delete state.Web?.[place]
  delete state.TCP?.[place.replace(/^.*:/, '')]
  setFunnel(state, place, false)
}
