/** What `clawdbot gateway install` would do, worked out and told before anything is done. */

import { lstat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { type ClientPaths, clientPaths } from '../client/paths.ts'
import { readIfThere } from '../client/private-file.ts'
import { readRuntime } from '../client/runtime-file.ts'
import { gatewayFolders } from '../client/service/gateway-folders.ts'
import {
  gatewayManager,
  gatewayServiceSpec,
  type InstalledService,
  installedGateway,
  isOf,
  type ServiceScope,
} from '../client/service/gateway-service.ts'
import type { ServiceManager } from '../client/service/service-manager.ts'
import type { AskProgram } from '../client/system-programs.ts'
import { Fault } from '../shared/fault.ts'
import type { ServiceSpec } from '../shared/service/spec.ts'
import { variablesOf } from '../shared/std/env-file.ts'
import { shellWords } from '../shared/std/shell-words.ts'
import type { Surroundings } from './command.ts'
import { facts } from './style.ts'

export type ServiceWish = {
  readonly isSystem: boolean
  /** `--run-as`. */
  readonly account: string | undefined
  readonly port: number | undefined
  readonly alsoWritable: readonly string[]
}

export type ServicePlan = {
  readonly scope: ServiceScope
  /** Who it runs as. */
  readonly account: string
  readonly paths: ClientPaths
  readonly spec: ServiceSpec
  readonly manager: ServiceManager
  readonly path: string
  readonly text: string
  readonly commands: readonly string[]
  /** Sentences the person should read before saying yes. */
  readonly remarks: readonly string[]
}

/** Rejects with a `Fault` where nothing should be installed so. */
export async function planService(wish: ServiceWish, world: Surroundings, ask: AskProgram): Promise<ServicePlan> {
  const { env, serverProgram } = world
  const scope = wish.isSystem ? 'system' : 'user'
  const { account, paths } = await whose(wish, world, ask)
  const folders = await gatewayFolders(paths)
  const { port, alsoWritable } = wish
  const itsAccount = wish.isSystem ? account : undefined
  const spec = gatewayServiceSpec({
    paths,
    env,
    folders,
    account: itsAccount,
    program: serverProgram,
    port,
    alsoWritable,
  })
  const around = { env, paths, ask }
  const manager = gatewayManager(around, scope)
  const plan = manager.plan(spec)
  await refuseTwo(await installedGateway(around), { scope, path: plan.path, paths })
  if (paths !== world.paths) await refuseMissing(paths.stateDir, account)
  const missing = await unseenVariables(paths, env)
  const remarks = [...missing, ...(serverProgram.includes('/_npx/') ? [npxRemark] : [])]
  return { scope, account, paths, spec, manager, ...plan, remarks }
}

/** For the person, before anything is done. */
export function planLines(plan: ServicePlan): string {
  const { scope, account, paths, path, spec, commands, remarks } = plan
  const isConfined = process.platform === 'linux'
  const what = scope === 'system' ? 'a service of this machine, started at boot' : 'a service of this account'
  const rows = facts([
    ['Unit', path],
    ['Runs', shellWords(spec.argv)],
    ['As', account],
    ['State', paths.stateDir],
    ['Secrets', isConfined ? `${spec.environmentFile} (lines of NAME=value, if it is there)` : undefined],
    [
      'May write',
      isConfined ? `${spec.writablePaths.join(', ')} and nothing else; sudo does not work in it` : undefined,
    ],
    ['Restarts', isConfined ? `5 s after a failure; after ${spec.watchdogS} s of hanging` : 'after a failure'],
    ['Then', commands.join('; ')],
  ])
  return `The gateway as ${what}:\n${rows}${remarks.map((remark) => `  ⚠️  ${remark}\n`).join('')}`
}

/** Who a gateway is to run as, or runs as, and where its files lie. Rejects with a `Fault` for an account that will not do. */
export async function whose(
  wish: Pick<ServiceWish, 'isSystem' | 'account'>,
  world: Surroundings,
  ask: AskProgram,
): Promise<{ readonly account: string; readonly paths: ClientPaths }> {
  const { name, home } = await accountFor(wish, world, ask)
  return { account: name, paths: home === world.paths.home ? world.paths : clientPaths(world.env, home) }
}

type Account = { readonly name: string; readonly home: string }

/** Rejects for root, unless root was asked for: what runs as root may do everything, and so may its agent (OP6). */
async function accountFor(
  wish: Pick<ServiceWish, 'isSystem' | 'account'>,
  world: Surroundings,
  ask: AskProgram,
): Promise<Account> {
  const uid = process.getuid?.() ?? 0
  const self = { name: userInfo().username, home: world.paths.home }
  const caller = uid === 0 ? world.env.SUDO_USER : undefined
  if (!wish.isSystem) {
    if (wish.account !== undefined && wish.account !== self.name) {
      throw unusable(`A service of ${self.name}'s own cannot run as ${wish.account}`, 'Add --system.')
    }
    if (uid === 0 && wish.account === undefined)
      throw asRoot(caller ? 'Run it without sudo' : 'Log in as another account')
    return self
  }
  const name = wish.account ?? caller ?? self.name
  const isRoot = name === 'root' || name === '0'
  if (isRoot && wish.account === undefined) throw asRoot('Name the account it should run as: --run-as <account>')
  if (name === self.name) return self
  const { code, stdout } = await ask('getent', ['passwd', name])
  const home = stdout.trim().split(':')[5]
  if (code !== 0 || !home?.startsWith('/'))
    throw unusable(`There is no account ${JSON.stringify(name)} here`, 'Check the name.')
  return { name, home }
}

function asRoot(first: string): Fault {
  return unusable(
    'The gateway, and every command it is allowed to run, would run as root',
    `${first}. If root is what you want, say so: --run-as root`,
  )
}

async function refuseTwo(
  found: InstalledService | undefined,
  plan: { scope: ServiceScope; path: string; paths: ClientPaths },
): Promise<void> {
  const { scope, path, paths } = plan
  if (found && found.scope !== scope) {
    const line = found.scope === 'system' ? 'sudo clawdbot gateway uninstall --system' : 'clawdbot gateway uninstall'
    throw unusable(`This gateway is a service already: ${found.path}`, `Remove that one first: ${line}`)
  }
  const present = await readIfThere(path)
  if (scope === 'system' && present !== undefined && !isOf(paths.stateDir, present)) {
    throw unusable(
      `${path} is the service of another account's gateway`,
      'Leave --system out: each account may have a service of its own.',
    )
  }
  const runtime = await readRuntime(paths.runtimeFile)
  if (!found && runtime?.isAlive) {
    throw unusable(
      `A gateway runs already (process ${runtime.pid}), and only one can use ${paths.stateDir}`,
      'End it first, so that the service can take its place: clawdbot gateway stop',
    )
  }
}

/** A folder that root makes for another account would be root's. */
async function refuseMissing(stateDir: string, account: string): Promise<void> {
  if (await lstat(stateDir).catch(() => undefined)) return
  const make = shellWords(['sudo', '-u', account, 'mkdir', '-m', '700', stateDir])
  throw unusable(`${stateDir}, where the gateway of ${account} would keep its state, is not there`, `Run: ${make}`)
}

const secretName = /^CLAWDBOT_GATEWAY_(TOKEN|PASSWORD)$|_API_KEY$/

/** What this shell sets, the service does not see, and nobody would look for there. */
async function unseenVariables(paths: ClientPaths, env: Surroundings['env']): Promise<string[]> {
  const text = (await readIfThere(paths.configPath)) ?? ''
  const named = new Set([...text.matchAll(/(?<!\$)\$\{([A-Z_][A-Z0-9_]*)\}/g)].map(([, name]) => name))
  const kept = variablesOf((await readIfThere(paths.gatewayEnv).catch(() => '')) ?? '')
  const names = Object.keys(env).filter(
    (name) => env[name] && (named.has(name) || secretName.test(name)) && kept[name] === undefined,
  )
  if (names.length === 0) return []
  const [are, them] = names.length === 1 ? ['is', 'it'] : ['are', 'them']
  const lines = names.map((name) => `clawdbot secrets set ${name}`)
  return [`${names.join(', ')} ${are} set in this shell only. Keep ${them} for the service: ${lines.join('; ')}`]
}

const npxRemark = 'This program lies in the cache of npx, which npm may empty: npm install --global @clawdbot/cli'

function unusable(message: string, remedy: string): Fault {
  return new Fault('usage.invalid', message, { remedy })
}
