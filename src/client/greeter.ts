/** Who we are towards a gateway: key, tokens and secrets put together. */

import { join } from 'node:path'
import type { Vocabulary } from '../shared/rpc/vocabulary.ts'
import type { Clock } from '../shared/std/clock.ts'
import type { Secret } from '../shared/std/secret.ts'
import { noPrompts, type Prompts } from '../tunnel/prompts.ts'
import { wayOrigin } from '../tunnel/way-origin.ts'
import type { Greeter } from './establish.ts'
import { GatewayKeys } from './gateway-keys.ts'
import type { Introduction } from './handshake.ts'
import { DeviceTokens, loadIdentity } from './identity.ts'
import type { ClientPaths, Env } from './paths.ts'
import type { Target } from './target.ts'

export type Surroundings = {
  readonly paths: ClientPaths
  readonly clock: Clock
  readonly prompts: Prompts
  readonly env: Env
}

export async function greeterOf(
  target: Target,
  who: Introduction,
  around: Pick<Surroundings, 'paths' | 'clock'> & {
    readonly prompts?: Prompts
    readonly vocabulary?: Vocabulary | undefined
    readonly pairCode?: Secret | undefined
    /** Where the device's key and tokens are, if not those of the person's terminal. */
    readonly identityDir?: string | undefined
  },
): Promise<Greeter> {
  const { paths, clock, vocabulary, pairCode, prompts = noPrompts, identityDir } = around
  const deviceKey = identityDir === undefined ? paths.deviceKey : join(identityDir, 'device.json')
  const deviceTokens = identityDir === undefined ? paths.deviceTokens : join(identityDir, 'gateway-tokens.json')
  const identity = await loadIdentity(deviceKey, () => clock.now())
  return {
    who,
    identity,
    keys: new GatewayKeys(paths.gatewayKeys, clock),
    origins: target.ways.map((way) => wayOrigin(way)),
    tokens: new DeviceTokens(deviceTokens, identity.deviceId, clock),
    secret: (signal) => target.secret(signal, prompts),
    secretRefused: target.secretRefused,
    secretRemedy: target.secretRemedy,
    isSecretExplicit: target.isSecretExplicit,
    pairCode,
    askPairCode: (question, signal) => prompts.pairCode(question, signal),
    clock,
    vocabulary: vocabulary ?? (await import('../shared/rpc/whole-vocabulary.ts')).wholeVocabulary,
  }
}
