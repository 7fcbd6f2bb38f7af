/** `clawdbot profiles test`: connects by each way of a profile, and shows each layer as it comes up. */

import { advance, broken, type LayerView, paused, plannedLayers, resumed, type Waterfall } from '../client/layers.ts'
import { openLink } from '../client/open-link.ts'
import { readProfiles } from '../client/profile-store.ts'
import { wayText } from '../client/profile-text.ts'
import { profileNamed } from '../client/profiles.ts'
import { watchPrompts } from '../client/questions.ts'
import { profileTarget, resolveTarget, type Target } from '../client/target.ts'
import { Fault } from '../shared/fault.ts'
import { connectChallenge } from '../shared/protocol/health.ts'
import { vocabularyOf } from '../shared/rpc/vocabulary.ts'
import { formatDuration } from '../shared/std/duration.ts'
import type { LayerName } from '../tunnel/layer.ts'
import type { Way } from '../tunnel/way.ts'
import { wayOrigin } from '../tunnel/way-origin.ts'
import { defineCommand, type Surroundings, waitFlag } from './command.ts'
import { defaultTimeoutMs, printJson } from './gateway-call.ts'
import { oneName } from './profiles.ts'
import { oneLine } from './style.ts'

/** A greeting is all that is wanted. */
const vocabulary = vocabularyOf([], [connectChallenge])

/** How a person reads them. */
const labels: Readonly<Record<LayerName, string>> = {
  ...{ dns: 'DNS', tcp: 'TCP', ssh: 'SSH' },
  ...{ auth: 'auth', gateway: 'gateway', live: 'live' },
}

type WayResult = {
  readonly way: Way
  readonly layers: Waterfall
  readonly tookMs: number
  readonly version: string | undefined
  readonly fault: Fault | undefined
}

export const profilesTest = defineCommand({
  name: 'profiles test',
  about: 'connect by each way of a profile (the one in use), and show layer by layer how far it comes',
  args: '[<profile>]',
  flags: {
    timeout: waitFlag('to wait for the gateway', '10000'),
    json: { type: 'boolean', about: 'print JSON for programs' },
  },
  async run(invocation) {
    const { args, flags, env, paths, prompts, out } = invocation
    const target =
      args.length === 0
        ? await resolveTarget({}, env, paths, prompts)
        : await targetNamed(oneName(args, 'profiles test'), 'the argument', invocation)
    const say = flags.json ? () => {} : out
    const { report, fault } = await tryWays(target, flags.timeout ?? defaultTimeoutMs, invocation, say)
    if (flags.json) printJson(invocation, report)
    return fault?.exitCode ?? 0
  },
})

/** The report for programs, and what the first way that failed failed with. */
type Tried = { readonly report: Readonly<Record<string, unknown>>; readonly fault: Fault | undefined }

/** The same from within another command. */
export async function testProfile(name: string, world: Surroundings, say: (text: string) => void): Promise<Tried> {
  return await tryWays(await targetNamed(name, 'its name', world), defaultTimeoutMs, world, say)
}

async function targetNamed(name: string, source: string, { env, paths, prompts }: Surroundings): Promise<Target> {
  const profile = profileNamed(await readProfiles(paths.profiles), name)
  return await profileTarget(profile, { flags: {}, env, paths, prompts, source })
}

async function tryWays(
  target: Target,
  timeoutMs: number,
  world: Surroundings,
  say: (text: string) => void,
): Promise<Tried> {
  const results: WayResult[] = []
  for (const way of target.ways) results.push(await tryWay(target, way, timeoutMs, world, say))
  const fault = results.find((result) => result.fault)?.fault
  return { report: { profile: target.name, ok: !fault, ways: results.map(resultJson) }, fault }
}

async function tryWay(
  target: Target,
  way: Way,
  timeoutMs: number,
  { paths, env, clock, prompts: asked, signal }: Surroundings,
  say: (text: string) => void,
): Promise<WayResult> {
  const startedAt = clock.monotonic()
  let layers = plannedLayers(way)
  let askedMs = 0
  const prompts = watchPrompts(asked, (isAsking) => {
    const at = clock.monotonic()
    layers = (isAsking ? paused : resumed)(layers, at)
    askedMs += isAsking ? -at : at
  })
  const done = (version: string | undefined, fault: Fault | undefined): WayResult => ({
    ...{ way, layers, tookMs: Math.round(clock.monotonic() - startedAt - askedMs), version, fault },
  })
  say(`${oneLine(target.name)} · ${oneLine(wayText(way))}\n`)
  try {
    await using link = await openLink(target, {
      ...{ paths, env, clock, prompts, timeoutMs, signal, vocabulary, ways: [way] },
      onLayer(event) {
        layers = advance(layers, event, clock.monotonic())
        const layer = layers.find((one) => one.layer === event.layer)
        if (event.state === 'up' && layer) say(layerLine('✅', layer))
      },
    })
    const { version } = link.hello.server
    const result = done(version, undefined)
    say(`  Clawdbot ${oneLine(version)} in ${formatDuration(result.tookMs)}\n`)
    return result
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    layers = broken(layers, error, clock.monotonic())
    const layer = layers.find(({ state }) => state === 'failed')
    if (layer) say(layerLine('❌', layer))
    say(`  ${layer ? '   ' : '❌ '}${oneLine(error.message)}\n`)
    if (error.remedy !== undefined) say(`     ${oneLine(error.remedy)}\n`)
    return done(undefined, error)
  }
}

function layerLine(mark: string, { layer, detail = '', ms = 0 }: LayerView): string {
  const facts = [labels[layer].padEnd(8), formatDuration(ms).padStart(7), oneLine(detail)].join('  ')
  return `  ${mark} ${facts.trimEnd()}\n`
}

function resultJson({ way, layers, tookMs, version, fault }: WayResult): Record<string, unknown> {
  const error = fault && { code: fault.code, message: fault.message, remedy: fault.remedy }
  const steps = layers.filter(({ state }) => state !== 'idle')
  const shown = steps.map(({ layer, state, detail, ms = 0 }) => ({
    layer,
    ok: state === 'up',
    detail,
    ms: Math.round(ms),
  }))
  return { way, address: wayOrigin(way), ok: !fault, ms: tookMs, version, layers: shown, error }
}
