/** `clawdbot profiles test`: connects by each way of a profile, and shows each layer as it comes up. */

import { openLink } from '../client/open-link.ts'
import { readProfiles } from '../client/profile-store.ts'
import { wayText } from '../client/profile-text.ts'
import { profileNamed } from '../client/profiles.ts'
import { profileTarget, resolveTarget, type Target } from '../client/target.ts'
import { Fault } from '../shared/fault.ts'
import { connectChallenge } from '../shared/protocol/health.ts'
import { vocabularyOf } from '../shared/rpc/vocabulary.ts'
import { formatDuration } from '../shared/std/duration.ts'
import type { Way } from '../tunnel/way.ts'
import { wayOrigin } from '../tunnel/way-origin.ts'
import { defineCommand, type Surroundings } from './command.ts'
import { defaultTimeoutMs, printJson } from './gateway-call.ts'
import { LayerLog, type LayerStep, layerLabels } from './layer-log.ts'
import { oneName } from './profiles.ts'
import { oneLine } from './style.ts'

/** A greeting is all that is wanted. */
const vocabulary = vocabularyOf([], [connectChallenge])

type WayResult = {
  readonly way: Way
  readonly steps: readonly LayerStep[]
  readonly tookMs: number
  readonly version: string | undefined
  readonly fault: Fault | undefined
}

export const profilesTest = defineCommand({
  name: 'profiles test',
  about: 'connect by each way of a profile (the one in use), and show layer by layer how far it comes',
  args: '[<profile>]',
  flags: {
    timeout: { type: 'number', about: 'milliseconds to wait for the gateway (10000)', value: '<ms>' },
    json: { type: 'boolean', about: 'print JSON for programs' },
  },
  async run(invocation) {
    const { args, flags, env, paths, prompts, out } = invocation
    const target =
      args.length === 0
        ? await resolveTarget({}, env, paths, prompts)
        : await profileTarget(profileNamed(await readProfiles(paths.profiles), oneName(args, 'profiles test')), {
            ...{ flags: {}, env, paths, prompts, source: 'the argument' },
          })
    const say = flags.json ? () => {} : out
    const results: WayResult[] = []
    for (const way of target.ways)
      results.push(await tryWay(target, way, flags.timeout ?? defaultTimeoutMs, invocation, say))
    if (flags.json)
      printJson(invocation, {
        profile: target.name,
        ok: results.every(({ fault }) => !fault),
        ways: results.map(resultJson),
      })
    return results.find(({ fault }) => fault)?.fault?.exitCode ?? 0
  },
})

async function tryWay(
  target: Target,
  way: Way,
  timeoutMs: number,
  { paths, env, clock, prompts, signal }: Surroundings,
  say: (text: string) => void,
): Promise<WayResult> {
  const startedAt = clock.monotonic()
  const log = new LayerLog(startedAt)
  const done = (version: string | undefined, fault: Fault | undefined): WayResult => ({
    ...{ way, steps: log.steps, tookMs: Math.round(clock.monotonic() - startedAt), version, fault },
  })
  say(`${oneLine(target.name)} · ${oneLine(wayText(way))}\n`)
  try {
    await using link = await openLink(
      { ...target, ways: [way], origin: wayOrigin(way) },
      {
        ...{ paths, env, clock, prompts, timeoutMs, signal, vocabulary },
        onLayer(event) {
          const step = log.take(event, clock.monotonic())
          if (step) say(stepLine('✅', step))
        },
      },
    )
    const { version } = link.hello.server
    const result = done(version, undefined)
    say(`  Clawdbot ${oneLine(version)} in ${formatDuration(result.tookMs)}\n`)
    return result
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const step = log.stop(clock.monotonic())
    if (step) say(stepLine('❌', step))
    say(`  ${step ? '   ' : '❌ '}${oneLine(error.message)}\n`)
    if (error.remedy !== undefined) say(`     ${oneLine(error.remedy)}\n`)
    return done(undefined, error)
  }
}

function stepLine(mark: string, { layer, detail = '', tookMs }: LayerStep): string {
  const facts = [layerLabels[layer].padEnd(8), formatDuration(tookMs).padStart(7), oneLine(detail)].join('  ')
  return `  ${mark} ${facts.trimEnd()}\n`
}

function resultJson({ way, steps, tookMs, version, fault }: WayResult): Record<string, unknown> {
  const error = fault && { code: fault.code, message: fault.message, remedy: fault.remedy }
  const layers = steps.map(({ layer, isUp, detail, tookMs: ms }) => ({ layer, ok: isUp, detail, ms: Math.round(ms) }))
  return { way, address: wayOrigin(way), ok: !fault, ms: tookMs, version, layers, error }
}
