/** What keeps a gateway from running with settings that can be read: secrets that are missing, the same, or easily guessed where others can knock. */

import { type TailscaleCommand, tailscaleCommand } from '../tunnel/tailscale/cli.ts'
import { checkDistinctSecrets } from './config/distinct-secrets.ts'
import { type GatewayFlags, sharedSecret } from './config/effective.ts'
import { type ConfigSnapshot, loadConfig } from './config/load.ts'
import { checkPasswordThere } from './config/missing-password.ts'
import { checkExposure, checkFunnel } from './exposure.ts'
import { type ListenPlan, planListening } from './listen-plan.ts'
import { vendorKeys } from './providers/hosted.ts'
import { statePaths } from './storage/paths.ts'

/** Throws when no gateway must run with these settings. */
export function checkSafe(checked: ConfigSnapshot, flags: GatewayFlags): void {
  checkDistinctSecrets(checked, flags, vendorKeys(checked.env))
  checkPasswordThere(checked, flags)
  checkFunnel(flags.tailscale ?? checked.config.gateway.tailscale.mode, secretIn(checked, flags))
}

/** Throws when one that listens there must not. */
export function checkSafeAt(hosts: readonly string[], checked: ConfigSnapshot, flags: GatewayFlags): void {
  checkSafe(checked, flags)
  checkExposure(hosts, secretIn(checked, flags))
}

export type StartFacts = {
  readonly flags: GatewayFlags
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  readonly signal: AbortSignal
  /** The command of this machine when absent. */
  readonly tailscale?: TailscaleCommand | undefined
  /** What to start with; what the files say when absent. */
  readonly settings?: ConfigSnapshot | undefined
}

/** Throws what a start would throw before it listens, and changes nothing; else what it would start with, and where. */
export async function checkStart(facts: StartFacts): Promise<{ snapshot: ConfigSnapshot; plan: ListenPlan }> {
  const { flags, env, home, signal, tailscale = tailscaleCommand(env) } = facts
  const paths = statePaths(env, home)
  const snapshot = facts.settings ?? loadConfig({ path: paths.config, env, envFile: paths.env })
  const asked = { gateway: snapshot.config.gateway, bind: flags.bind, home, defaultSocket: paths.socket }
  const plan = await planListening({ ...asked, tailscale, signal })
  checkSafeAt(plan.hosts, snapshot, flags)
  return { snapshot, plan }
}

function secretIn({ config, env }: ConfigSnapshot, flags: GatewayFlags) {
  return sharedSecret(config, env, flags)
}
