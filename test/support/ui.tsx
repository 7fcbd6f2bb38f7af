/** The whole terminal client on a test screen, with a scripted gateway and a clock moved by hand. */

import type { ProfileBook } from '../../src/client/profile.ts'
import { App } from '../../src/tui/app.tsx'
import type { Keep, Kept } from '../../src/tui/gateway/keep.ts'
import type { TranscriptCache } from '../../src/tui/gateway/port.ts'
import type { Profile } from '../../src/tui/store/fleet.ts'
import type { ColorDepth, ThemeName } from '../../src/tui/theme/tokens.ts'
import { createUi } from '../../src/tui/ui.ts'
import type { Prompts } from '../../src/tunnel/prompts.ts'
import { ManualClock } from './clock.ts'
import { MemoryProfiles } from './memory-profiles.ts'
import { openScreen } from './screen.tsx'
import { type ScriptedGateway, scriptedGateway } from './scripted-gateway.ts'

export type OpenUiOptions = {
  columns?: number
  rows?: number
  colors?: [ThemeName, ColorDepth]
  keep?: Keep
  cache?: TranscriptCache
  isCalm?: boolean
  book?: ProfileBook
  /** Gateways beside the first, which is `vps-1` and warm. */
  others?: readonly Other[]
}

type Other = Partial<Profile> & { name: string; script: ScriptedGateway; keep?: Keep; cache?: TranscriptCache }

export const profileOf = ({ name, ...more }: Partial<Profile> & { name: string }): Profile => ({
  ...{ id: name, name, ways: [`direct ws://${name}:18789`], isWarm: true, isSaved: true, usedAt: undefined },
  ...more,
})

export async function openUi(script: ScriptedGateway, options: OpenUiOptions = {}) {
  const { columns = 80, rows = 24 } = options
  const clock = new ManualClock()
  const done: string[] = []
  let count = 0
  const asking = new Map<string, Prompts>()
  const all: readonly [Other, ...Other[]] = [{ name: 'vps-1', script, ...options }, ...(options.others ?? [])]
  const [first, ...rest] = all
  const saved = new MemoryProfiles([profileOf(first), ...rest.map(profileOf)], options.book)
  const ui = createUi({
    saved,
    equip({ id }, prompts) {
      asking.set(id, prompts)
      const known = all.find((other) => (other.id ?? other.name) === id)
      const { script, keep, cache } = known ?? { script: scriptedGateway({}, id) }
      return { gateway: script.gateway, ...(keep ? { keep } : {}), ...(cache ? { cache } : {}) }
    },
    clock,
    newId: () => `run-${++count}`,
    sessionKey: 'main',
    columns,
    rows,
    isCalm: options.isCalm ?? false,
    platform: {
      copy: async (text) => {
        done.push(`copied ${text}`)
        return 'Copied.'
      },
      edit: async (text) => `${text} edited`,
      redraw: () => done.push('redrawn'),
      suspend: () => done.push('suspended'),
      quit: () => done.push('left'),
      notify: ({ title, body }) => done.push(`notified ${title}: ${body}`),
    },
  })
  if (options.colors) ui.picture.setColors(...options.colors)
  const screen = await openScreen(<App picture={ui.picture} />, { columns, rows, clock, onEvents: ui.onEvents })
  screen.screen.on('size', () => {
    ui.store.dispatch({ type: 'view.resized', columns: screen.screen.columns, rows: screen.screen.rows })
  })
  ui.fleet.start()
  await screen.settle()
  return {
    ...screen,
    ui,
    clock,
    saved,
    /** As the connection to this gateway would ask. */
    prompts: (id = 'vps-1'): Prompts => asking.get(id) as Prompts,
    /** What was asked of the machine around the screen. */
    done,
    /** Lets what was caused happen: answers arrive, frames fall due, the screen is drawn. */
    async after(ms = 50): Promise<void> {
      for (let round = 0; round < 3; round++) {
        await new Promise((next) => setImmediate(next))
        clock.advance(round === 0 ? ms : 0)
      }
      await screen.settle()
    },
    async [Symbol.asyncDispose](): Promise<void> {
      ui[Symbol.dispose]()
      await screen[Symbol.asyncDispose]()
    },
  }
}

/** Open, connected, and everything it asked for at the start has been answered. */
export async function arrived(script: ScriptedGateway = scriptedGateway(), options: OpenUiOptions = {}) {
  const screen = await openUi(script, options)
  script.arrive()
  await screen.after()
  await screen.after(1_000)
  script.calls.length = 0
  return screen
}

/** The params of every call of a method, since `arrived`. */
export const called = (script: ScriptedGateway, method: string) =>
  script.calls.filter((call) => call.method === method).map(({ params }) => params)

/** What is kept, in memory instead of on the disk. */
export function memoryKeep(kept: Kept = { drafts: {}, history: [] }) {
  const keep = {
    kept,
    read: () => keep.kept,
    write(next: Kept) {
      keep.kept = next
    },
  }
  return keep
}
