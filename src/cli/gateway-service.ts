/** `clawdbot gateway install|uninstall`: the gateway as a service that starts by itself and stays up. */

import { userInfo } from 'node:os'
import { makePrivateFolder, readIfThere } from '../client/private-file.ts'
import {
  accountOf,
  type GatewayServiceWorld,
  gatewayManager,
  gatewayServiceName,
  installedGateway,
} from '../client/service/gateway-service.ts'
import { isLingering, linger, lingerCommand } from '../client/service/lingering.ts'
import { type AskProgram, programsOf } from '../client/system-programs.ts'
import { Fault } from '../shared/fault.ts'
import { shellWords } from '../shared/std/shell-words.ts'
import { defineCommand, type Flags, type Invocation, portFlag } from './command.ts'
import { printJson } from './gateway-call.ts'
import { planLines, planService, type ServicePlan, whose } from './gateway-service-plan.ts'
import { usage } from './parse.ts'
import { demandAnswer } from './service-answer.ts'
import { serviceReportLines } from './service-lines.ts'

const flags = {
  system: { type: 'boolean', about: 'a service of the machine that starts at boot, instead of one of this account' },
  'run-as': { type: 'string', about: 'account a --system service runs as (who called sudo)', value: '<account>' },
  port: portFlag('port to listen on (that of the settings)'),
  'allow-write': { type: 'string', about: 'a folder its commands may write, too; may be repeated', value: '<path>' },
  linger: { type: 'boolean', about: 'keep services of this account running while nobody is logged in' },
  yes: { type: 'boolean', about: 'do it without asking first' },
  'dry-run': { type: 'boolean', about: 'show the plan and the whole unit, and do nothing' },
  json: { type: 'boolean', about: 'print JSON for programs' },
} as const satisfies Flags

export const gatewayInstall = defineCommand({
  name: 'gateway install',
  about:
    'make the gateway a service that starts by itself and stays up, confined: a systemd unit or a launchd agent; shows what it will do first, and again it changes nothing',
  flags,
  async run(invocation) {
    const { flags: given, person, signal, out, env } = invocation
    const ask = programsOf(env)
    const plan = await planService(wishOf(invocation), invocation, ask)
    if (plan.paths === invocation.paths) await refuseWrongSettings(invocation)
    const say = given.json ? () => {} : out
    if (given['dry-run']) {
      if (given.json) printJson(invocation, { dryRun: true, ...planJson(plan), unit: plan.text })
      else out(`${planLines(plan)}\n${plan.text}`)
      return 0
    }
    if (plan.scope === 'system' && process.getuid?.() !== 0) throw needsRoot('install', invocation)
    say(planLines(plan))
    if (!given.yes) {
      if (!person.isThere) {
        throw usage(
          'gateway install asks before it does anything; without a terminal it needs --yes',
          'gateway install',
        )
      }
      if (!(await person.confirm('Install it?', true, signal))) return 1
    }
    const lingering = plan.scope === 'user' ? await offerLingering(invocation, ask) : undefined
    makePrivateFolder(plan.paths.stateDir)
    const report = await plan.manager.install(plan.spec)
    const { manager, paths, spec } = plan
    const answer = async () =>
      await demandAnswer({ manager, name: spec.name, was: 'installed' }, { ...invocation, paths })
    const runtime = report.toDo.length > 0 ? undefined : await answer()
    if (given.json)
      printJson(invocation, { installed: true, ...planJson(plan), ...report, lingering, pid: runtime?.pid })
    else {
      out(serviceReportLines(report, `${report.isChanged ? 'Installed' : 'Installed already'}: ${report.path}`))
      if (runtime) out(`✅ Running (process ${runtime.pid}). How it is: clawdbot gateway status\n`)
    }
    return 0
  },
})

export const gatewayUninstall = defineCommand({
  name: 'gateway uninstall',
  about: 'end the service of the gateway and forget it; its state stays',
  flags: {
    system: { type: 'boolean', about: 'the service of the machine, as root' },
    'run-as': { type: 'string', about: 'account the --system service runs as (who called sudo)', value: '<account>' },
    json: flags.json,
  },
  async run(invocation) {
    const { env, out, flags: given } = invocation
    const ask = programsOf(env)
    const isRoot = process.getuid?.() === 0
    // Nothing runs as root by this, so root need not be named.
    const account = given['run-as'] ?? (env.SUDO_USER || userInfo().username)
    const { paths } = given.system && isRoot ? await whose({ isSystem: true, account }, invocation, ask) : invocation
    const around = { env, paths, ask }
    const here = await installedGateway(around)
    const found = given.system && here?.scope !== 'system' ? undefined : here
    if (given.system && !found) await refuseOthers(around)
    if (found?.scope === 'system' && !isRoot) {
      throw needsRoot('uninstall', { ...invocation, flags: { ...given, system: true } })
    }
    const report = await found?.manager.uninstall(found.name)
    if (given.json) printJson(invocation, { uninstalled: report?.isChanged ?? false, ...report })
    else if (report) out(serviceReportLines(report, `Removed ${report.path}; what is in ${paths.stateDir} stays`))
    else out('✅ The gateway is no service here\n')
    return 0
  },
})

/** Says whose the system's service of that name is, when it is another account's. */
async function refuseOthers(world: GatewayServiceWorld): Promise<void> {
  const name = gatewayServiceName(world.paths)
  const path = gatewayManager(world, 'system').pathOf(name)
  const account = accountOf((await readIfThere(path)) ?? '')
  if (account === undefined) return
  const line = shellWords(['sudo', 'clawdbot', 'gateway', 'uninstall', '--system', '--run-as', account])
  throw new Fault('usage.invalid', `${path} is the service of ${account}'s gateway`, {
    remedy: `To remove it: ${line}`,
  })
}

function wishOf({ flags: given, given: written, paths }: Invocation<typeof flags>) {
  const { port, system: isSystem, 'run-as': account } = given
  const folders = written.filter(({ name }) => name === 'allow-write').map(({ value }) => paths.expand(String(value)))
  return { isSystem, account, port, alsoWritable: folders }
}

/** It would end at once, and be started again every five seconds. */
async function refuseWrongSettings({ host }: Invocation<typeof flags>): Promise<void> {
  const { config } = await host()
  if (config.look().valid) return
  throw new Fault('config.invalid', `With the settings in ${config.path} no gateway starts`, {
    remedy: 'What is wrong: clawdbot config validate',
  })
}

function planJson({ scope, account, path, paths, spec, commands, remarks }: ServicePlan) {
  const { argv, writablePaths, environmentFile } = spec
  return {
    scope,
    account,
    path,
    stateDir: paths.stateDir,
    argv,
    writablePaths,
    environmentFile,
    commands,
    warnings: remarks,
  }
}

/** Root does it; this account's own paths of Node and the program go along, as sudo's would be others. */
function needsRoot(what: string, { program, flags: given }: { program: string; flags: object }): Fault {
  const words = Object.entries(given).flatMap(([name, value]) =>
    value === true
      ? [`--${name}`]
      : typeof value === 'string' || typeof value === 'number'
        ? [`--${name}`, `${value}`]
        : [],
  )
  const line = shellWords(['sudo', process.execPath, program, 'gateway', what, ...words])
  return new Fault('usage.invalid', "Services of the whole system are root's to change", {
    remedy: `Run: ${line}\n   What it would do: the same with --dry-run, without sudo.`,
  })
}

/** Undefined where that is no question, such as a machine without logind. */
async function offerLingering(invocation: Invocation<typeof flags>, ask: AskProgram): Promise<boolean | undefined> {
  const { flags: given, person, signal, out, err } = invocation
  const isThere = await isLingering(process.getuid?.() ?? 0, ask)
  if (isThere !== false) return isThere
  const question = "Your account's services end when you log out. Keep them running (lingering)?"
  const isWanted = given.linger || (!given.yes && person.isThere && (await person.confirm(question, true, signal)))
  if (!isWanted) return false
  if (await linger(ask)) {
    if (!given.json) out(`✅ ${lingerCommand}\n`)
    return true
  }
  err(`⚠️  This system lets only root decide that: sudo ${lingerCommand} ${shellWords([userInfo().username])}\n`)
  return false
}
