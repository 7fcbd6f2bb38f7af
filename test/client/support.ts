/** Builds a client for the stand-in gateway, with its state in a folder of its own that is removed afterwards. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConnectionOptions, openConnection } from '../../src/client/connection.ts'
import type { Attachment, Connection } from '../../src/client/connection-api.ts'
import type { Greeter } from '../../src/client/establish.ts'
import { GatewayKeys } from '../../src/client/gateway-keys.ts'
import type { Credentials } from '../../src/client/handshake.ts'
import { DeviceTokens, loadIdentity } from '../../src/client/identity.ts'
import { FileOutbox } from '../../src/client/outbox.ts'
import { type ClientPaths, clientPaths } from '../../src/client/paths.ts'
import { ourCaps } from '../../src/shared/protocol/connect.ts'
import type { GatewayEvent } from '../../src/shared/rpc/client.ts'
import { wholeVocabulary } from '../../src/shared/rpc/whole-vocabulary.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import { Secret } from '../../src/shared/std/secret.ts'
import { type GatewayUrl, parseGatewayUrl } from '../../src/tunnel/gateway-url.ts'
import { noPrompts } from '../../src/tunnel/prompts.ts'
import type { Way } from '../../src/tunnel/way.ts'
import { wayOrigin } from '../../src/tunnel/way-origin.ts'

export class Home implements AsyncDisposable {
  readonly dir: string
  readonly paths: ClientPaths

  private constructor(dir: string) {
    this.dir = dir
    this.paths = clientPaths({ CLAWDBOT_STATE_DIR: join(dir, 'state') }, dir)
  }

  static async make(): Promise<Home> {
    return new Home(await mkdtemp(join(tmpdir(), 'clawdbot-client-')))
  }

  async greeter(
    url: string,
    secret: { token?: string; password?: string; explicit?: boolean } = {},
  ): Promise<Greeter & { url: GatewayUrl; origin: string }> {
    const identity = await loadIdentity(this.paths.deviceKey, Date.now)
    const credentials: Credentials = {
      ...(secret.token === undefined ? {} : { token: new Secret(secret.token) }),
      ...(secret.password === undefined ? {} : { password: new Secret(secret.password) }),
    }
    const parsed = parseGatewayUrl(url)
    return {
      url: parsed,
      origin: parsed.origin,
      who: { id: 'gateway-client', mode: 'ui', version: '0.0.0', platform: 'linux', caps: ourCaps },
      identity,
      keys: new GatewayKeys(this.paths.gatewayKeys, systemClock),
      origins: [parsed.origin],
      tokens: new DeviceTokens(this.paths.deviceTokens, identity.deviceId, systemClock),
      secret: async () => credentials,
      isSecretExplicit: secret.explicit ?? false,
      askPairCode: noPrompts.pairCode,
      clock: systemClock,
      vocabulary: wholeVocabulary,
    }
  }

  /** One direct way per address, the first preferred; or another `way`; `others` come after it. `home` has the `.ssh` to use. */
  async connect(
    url: string | readonly [string, ...string[]],
    secret?: { token?: string },
    more: Partial<Pick<ConnectionOptions, 'clock' | 'network' | 'random' | 'prompts'>> & {
      way?: Way
      others?: readonly Way[]
      home?: string
    } = {},
  ): Promise<Observed> {
    const { way, others = [], home = this.paths.home, ...rest } = more
    const urls = typeof url === 'string' ? ([url] as const) : url
    const clock = rest.clock ?? systemClock
    const greeter = { ...(await this.greeter(urls[0], secret)), clock }
    const outbox = await FileOutbox.open(this.paths.outboxDir, urls[0], clock)
    const [first, ...further] = way ? [way] : urls.map((one) => ({ kind: 'direct' as const, url: one }))
    if (!first) throw new Error('no address')
    const around = { clock, network: () => '', prompts: noPrompts, env: {}, random: () => 0.1, ...rest }
    const [ways, paths] = [[first, ...further, ...others] as const, { ...this.paths, home }]
    const origins = ways.map((one) => wayOrigin(one))
    return new Observed(
      openConnection({ name: 'test', ways, paths, greeter: () => ({ ...greeter, origins }), outbox, ...around }),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.dir, { recursive: true, force: true, maxRetries: 5 }) // what it started may still write
  }
}

/** A connection with everything it said written down. */
export class Observed implements AsyncDisposable {
  readonly phases: string[] = []
  readonly events: GatewayEvent[] = []
  readonly attachments: Attachment[] = []
  readonly connection: Connection

  constructor(connection: Connection) {
    this.connection = connection
    connection.subscribe(() => {
      const { phase } = connection.view
      if (this.phases.at(-1) !== phase) this.phases.push(phase)
    })
    connection.events((event) => this.events.push(event))
    connection.attachments((attachment) => this.attachments.push(attachment))
    connection.connect()
  }

  /** Text of a run as a screen would build it from the deltas. */
  text(runId: string): string {
    let text = ''
    for (const event of this.events) {
      if (event.name !== 'chat' || event.payload.runId !== runId || event.payload.state !== 'delta') continue
      const { offset = 0, deltaText = '', replace } = event.payload
      text = replace ? deltaText : text.slice(0, offset) + deltaText
    }
    return text
  }

  async until(check: (self: Observed) => boolean): Promise<void> {
    await until(() => check(this))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connection[Symbol.asyncDispose]()
  }
}

/** Looks again every 5 ms until `check` holds; fails after 10 s. */
export async function until(check: () => boolean): Promise<void> {
  const end = Date.now() + 10_000
  while (!check()) {
    if (Date.now() > end) throw new Error(`waited in vain for ${check}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
