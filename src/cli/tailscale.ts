/** `clawdbot tailscale status|serve|funnel|off|fix`: the gateway of this machine in the tailnet, or on the internet. */

import { readGatewayConfig } from '../client/gateway-config.ts'
import { Fault } from '../shared/fault.ts'
import { shortcomingOf, shortestForOthers } from '../shared/password-strength.ts'
import { sleep } from '../shared/std/signal.ts'
import { stateFault } from '../tunnel/tailscale/ask.ts'
import { expose, withdraw } from '../tunnel/tailscale/expose.ts'
import { capabilityFault, type ServeMode } from '../tunnel/tailscale/serve-faults.ts'
import { defineCommand, type Flags, type Surroundings } from './command.ts'
import { printJson } from './gateway-call.ts'
import { facts } from './style.ts'
import { lookAtTailscale, type TailscaleState } from './tailscale-state.ts'

const jsonFlag = { json: { type: 'boolean', about: 'print JSON for programs' } } as const satisfies Flags

/** A running gateway takes up its settings and asks Tailscale, which may ask its control server; milliseconds. */
const patienceMs = 20_000
const lookEveryMs = 300
export const tailscaleStatus = defineCommand({
  name: 'tailscale status',
  about: 'how Tailscale is here, and what it serves; exit code 1 when that is not what is wanted',
  flags: jsonFlag,
  async run(invocation) {
    const state = await lookAtTailscale(invocation)
    if (invocation.flags.json) printJson(invocation, jsonOf(state))
    else invocation.out(linesOf(state))
    return state.isAsWanted && !(state.mode !== 'off' && stateFault(state.reading)) ? 0 : 1
  },
})

export const tailscaleServe = defineCommand({
  name: 'tailscale serve',
  about: 'reach this gateway from your tailnet, at https://<machine>.<tailnet>.ts.net/',
  flags: jsonFlag,
  run: async (invocation) => await turnOn('serve', invocation, invocation.flags.json),
})

export const tailscaleFunnel = defineCommand({
  name: 'tailscale funnel',
  about: 'reach this gateway from the whole internet; takes a password and a confirmation',
  flags: {
    ...jsonFlag,
    confirm: { type: 'string', about: 'the name of this machine, in place of typing it', value: '<name>' },
  },
  async run(invocation) {
    const { env, paths, flags, person, signal, err } = invocation
    await requirePassword(await readGatewayConfig(paths, env), env)
    const state = await lookAtTailscale(invocation)
    refuseAgainstFlag('funnel', state)
    const { reading } = state
    const name = (reading.kind === 'status' && reading.status.self?.name) || 'funnel'
    if (flags.confirm === undefined)
      err('⚠️  Everybody on the internet will reach this gateway; a password is all that keeps them out.\n')
    const typed = flags.confirm ?? (await person.line(`Type ${name} to go on: `, signal))
    if (typed?.trim() !== name) {
      throw new Fault('usage.invalid', 'Not confirmed, so nothing was changed', {
        remedy: `Type ${name}, or give --confirm ${name}.`,
      })
    }
    return await turnOn('funnel', invocation, flags.json)
  },
})

export const tailscaleOff = defineCommand({
  name: 'tailscale off',
  about: 'take this gateway away from Serve and Funnel; what other programs serve stays',
  flags: jsonFlag,
  async run(invocation) {
    const { config, served } = await invocation.host()
    const state = await lookAtTailscale(invocation)
    refuseAgainstFlag('off', state)
    config.set('gateway.tailscale.mode', 'off')
    const { command, placed } = state
    const how = placed ? await withdraw(command, placed, invocation.signal) : 'absent'
    served.forget()
    const told = {
      removed: 'Taken away',
      absent: 'Nothing of this gateway was served',
      foreign: 'Something else is served there now, and was left alone',
    }
    if (invocation.flags.json) printJson(invocation, { mode: 'off', was: how })
    else invocation.out(`✅ ${told[how]}; gateway.tailscale.mode is off\n`)
    return 0
  },
})

export const tailscaleFix = defineCommand({
  name: 'tailscale fix',
  about: 'make what Tailscale serves what the settings say again; touches nothing of other programs',
  flags: jsonFlag,
  async run(invocation) {
    const state = await lookAtTailscale(invocation)
    const { command, mode, port, placed, reading } = state
    const fault = stateFault(reading)
    if (fault) throw fault
    const done = state.isAsWanted ? 'nothing' : mode === 'off' ? 'removed' : 'placed'
    if (done === 'removed' && placed) {
      await withdraw(command, placed, invocation.signal)
      ;(await invocation.host()).served.forget()
    }
    if (done === 'placed') await placeAgain(state, { mode: mode === 'funnel' ? 'funnel' : 'serve', port }, invocation)
    const sentences = {
      nothing: 'Nothing to fix: Tailscale serves what the settings say',
      removed: 'Taken away what an earlier gateway left',
      placed: `Served again at port ${port}`,
    }
    if (invocation.flags.json) printJson(invocation, { done })
    else invocation.out(`✅ ${sentences[done]}\n`)
    return 0
  },
})

/** The running gateway knows best where it is to be reached; without one nothing would answer. */
async function placeAgain(
  { command, placed, isGatewayRunning }: TailscaleState,
  { mode, port }: { mode: ServeMode; port: number },
  { signal }: Surroundings,
): Promise<void> {
  const target = placed?.targets.at(-1)
  if (!isGatewayRunning || target === undefined) {
    throw new Fault('gateway.not-running', 'The gateway does not run, so there is nothing to lead to', {
      remedy: 'Start it, and it does the rest: clawdbot gateway start',
    })
  }
  await expose({ command, mode, port, previous: placed, prepare: async () => target, signal })
}

/** A setting would change nothing of a gateway that was started with a flag, whatever this command said. */
function refuseAgainstFlag(wanted: TailscaleState['mode'], { flag }: TailscaleState): void {
  if (flag === undefined || flag === wanted) return
  throw new Fault(
    'usage.invalid',
    `The gateway was started with --tailscale ${flag}, which counts before the settings`,
    {
      remedy: `Start it without that flag, with: clawdbot gateway restart; then repeat: clawdbot tailscale ${wanted}`,
    },
  )
}

/** Writes the setting; a running gateway takes it up by itself, and what it comes to is what Tailscale shows. */
async function turnOn(mode: ServeMode, invocation: Surroundings, isJson: boolean): Promise<number> {
  const { clock, signal } = invocation
  const before = await lookAtTailscale(invocation)
  refuseAgainstFlag(mode, before)
  const fault = stateFault(before.reading)
  if (fault || before.reading.kind !== 'status') throw fault ?? new Error('a reading without fault has a status')
  const missing = capabilityFault(mode, before.port, before.reading.status)
  if (missing) throw missing
  ;(await invocation.host()).config.set('gateway.tailscale.mode', mode)
  let state = await lookAtTailscale(invocation)
  // It starts again for that, and leaves no note meanwhile.
  for (const from = clock.monotonic(); before.isGatewayRunning && clock.monotonic() - from < patienceMs; ) {
    if (state.isAsWanted && state.isGatewayRunning) break
    await sleep(clock, lookEveryMs, signal)
    state = await lookAtTailscale(invocation)
  }
  return tellTurnedOn(mode, state, invocation, isJson)
}

function tellTurnedOn(mode: ServeMode, state: TailscaleState, invocation: Surroundings, isJson: boolean): number {
  const { out, err } = invocation
  const url = state.served.kind === 'ours' ? state.served.url : undefined
  if (isJson)
    printJson(invocation, {
      mode,
      url,
      isOn: state.isAsWanted && state.isGatewayRunning,
      gatewayRunning: state.isGatewayRunning,
    })
  else if (!state.isGatewayRunning)
    out(`✅ gateway.tailscale.mode is ${mode}\n   It counts when the gateway starts: clawdbot gateway start\n`)
  else if (state.isAsWanted) out(`🌐 Tailscale ${mode === 'funnel' ? 'Funnel' : 'Serve'}: ${url}\n`)
  else err(`❌ The gateway has not turned it on within ${patienceMs / 1000} s\n   Its log says why: clawdbot logs\n`)
  return state.isGatewayRunning && !state.isAsWanted ? 1 : 0
}

async function requirePassword(
  { auth }: Awaited<ReturnType<typeof readGatewayConfig>>,
  env: Surroundings['env'],
): Promise<void> {
  const password = auth.password?.reveal() ?? env.CLAWDBOT_GATEWAY_PASSWORD ?? ''
  const isThere = auth.hash !== undefined || password !== ''
  const mode = auth.mode ?? (isThere ? 'password' : 'token')
  const lack = shortcomingOf(password, auth.hash)
  if (mode === 'password' && !lack) return
  const short = isThere ? 'it has a shorter one' : 'it has none'
  const lacking = lack === 'guessable' ? 'it has one that is guessed too easily' : short
  const now = mode === 'password' ? lacking : `its mode is "${mode}"`
  throw new Fault('config.invalid', `Funnel takes a password of at least ${shortestForOthers} characters, and ${now}`, {
    remedy: 'Run: clawdbot password set',
  })
}

function jsonOf({ reading, mode, port, served, others, isGatewayRunning, isAsWanted }: TailscaleState): object {
  const fault = stateFault(reading)
  const status = reading.kind === 'status' ? reading.status : undefined
  return {
    tailscale: reading.kind === 'status' ? reading.status.state : reading.kind,
    problem: fault && { code: fault.code, message: fault.message, remedy: fault.remedy },
    version: status?.version,
    name: status?.self?.dnsName,
    addresses: status?.self?.addresses,
    ...{ mode, port, served, others, gatewayRunning: isGatewayRunning, asWanted: isAsWanted },
  }
}

function linesOf(state: TailscaleState): string {
  const { reading, mode, flag, port, served, others, isAsWanted } = state
  const fault = stateFault(reading)
  const status = reading.kind === 'status' ? reading.status : undefined
  const now = {
    nothing: 'nothing of this gateway',
    ours: served.kind === 'ours' ? `${served.url}${served.isPublic ? ' (public, through Funnel)' : ''}` : '',
    foreign: served.kind === 'foreign' ? `something else: ${served.target}` : '',
  }[served.kind]
  const head = fault ? `❌ ${fault.message}\n   ${fault.remedy ?? ''}\n` : '✅ Tailscale is running\n'
  const byFlag = flag === undefined ? '' : ` (the gateway was started with --tailscale ${flag})`
  const lines = facts([
    ['Version', status?.version],
    ['Name', status?.self?.dnsName],
    ['Addresses', status?.self?.addresses.join(', ')],
    ['Wanted', `${mode === 'off' ? 'off' : `${mode} on port ${port}`}${byFlag}`],
    ['Served', fault ? undefined : now],
    ['Others', others > 0 ? `${others} of other programs` : undefined],
  ])
  return `${head}${lines}${isAsWanted || fault ? '' : '⚠️  That is not what is wanted. Run: clawdbot tailscale fix\n'}`
}
