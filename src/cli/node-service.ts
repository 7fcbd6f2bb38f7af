/** `clawdbot node install|uninstall`: a service of this account that keeps this machine a node of a gateway. */

import { join } from 'node:path'
import { accountServices, nodeServiceName, servedProfile } from '../client/service/profile-services.ts'
import { writtenEnvironment } from '../client/service/session-environment.ts'
import { resolveTarget, type Target } from '../client/target.ts'
import { Fault } from '../shared/fault.ts'
import type { ServiceSpec } from '../shared/service/spec.ts'
import { defineCommand, type Surroundings } from './command.ts'
import { printJson } from './gateway-call.ts'
import { usage } from './parse.ts'
import { serviceReportLines } from './service-lines.ts'

const json = { type: 'boolean', about: 'print JSON for programs' } as const
const profile = {
  type: 'string',
  about: 'saved profile of the gateway (the one of: clawdbot use)',
  value: '<name>',
} as const

export const nodeInstall = defineCommand({
  name: 'node install',
  about:
    'keep this machine a node of a gateway: a systemd user unit or a launchd agent, started now and at every login; ' +
    'commands then wait for: clawdbot node approve',
  flags: {
    profile,
    name: { type: 'string', about: 'what this machine is called there (its host name)', value: '<name>' },
    json,
  },
  async run(invocation) {
    const { flags, args, out } = invocation
    if (args.length > 0) throw usage('node install takes flags only', 'node install')
    const target = await nodeTarget(flags.profile, invocation)
    const report = await accountServices(invocation).install(specOf(target, flags.name, invocation))
    if (flags.json) printJson(invocation, { installed: true, ...report })
    else out(serviceReportLines(report, `${report.isChanged ? 'Installed' : 'Installed already'}: ${report.path}`))
    return 0
  },
})

export const nodeUninstall = defineCommand({
  name: 'node uninstall',
  about: 'end the service that keeps this machine a node, and forget it',
  flags: { profile, json },
  async run(invocation) {
    const { profile: word } = invocation.flags
    const target = await servedProfile(() => nodeTarget(word, invocation), word, nodeServiceName, invocation)
    const report = await accountServices(invocation).uninstall(nodeServiceName(target))
    if (invocation.flags.json) printJson(invocation, { uninstalled: report.isChanged, ...report })
    else {
      const what = report.isChanged ? `Removed ${report.path}` : `There was no node service for ${target.name}`
      invocation.out(serviceReportLines(report, what))
    }
    return 0
  },
})

/** A saved one: its secret is kept somewhere a service finds it, or its device token is. */
async function nodeTarget(name: string | undefined, world: Surroundings): Promise<Target> {
  const target = await resolveTarget(name === undefined ? {} : { profile: name }, world.env, world.paths, world.prompts)
  if (target.profile) return target
  throw new Fault('usage.invalid', `${target.origin} (${target.source}) is not a saved profile`, {
    remedy: 'A service belongs to a profile: clawdbot profiles add',
  })
}

/** What it is asked to run may write anywhere in the home folder: the policy of the node decides, not the unit. */
function specOf(target: Target, name: string | undefined, { env, paths, program }: Surroundings): ServiceSpec {
  const words = ['node', 'run', '--profile', target.id, ...(name === undefined ? [] : ['--name', name])]
  const session = ['DBUS_SESSION_BUS_ADDRESS', 'DISPLAY', 'WAYLAND_DISPLAY'] as const
  return {
    name: nodeServiceName(target),
    description: `This machine as a node of ${target.name}`,
    argv: [process.execPath, program, ...words],
    environment: {
      ...writtenEnvironment(env, paths),
      ...Object.fromEntries(session.flatMap((key) => (env[key] ? [[key, env[key]]] : []))),
    },
    writablePaths: [paths.stateDir, paths.home],
    memoryMax: '75%',
    logPath: join(paths.stateDir, 'logs', `node-${target.id}.log`),
    finalExitCodes: [2, 3],
  }
}
