/** Services of this account under launchd, as agents of macOS. */

import { join } from 'node:path'
import { Fault } from '../../shared/fault.ts'
import { launchdAgent } from '../../shared/service/launchd.ts'
import { createPrivate } from '../private-file.ts'
import type { ServiceManager, ServiceWorld } from './service-manager.ts'
import { dropFile, putFile } from './unit-file.ts'

export function launchdManager({ home, uid, ask }: Pick<ServiceWorld, 'home' | 'uid' | 'ask'>): ServiceManager {
  const domain = `gui/${uid}`
  const labelOf = (name: string) => `com.clawdbot.${name.replace(/^clawdbot-/, '')}`
  const pathOf = (label: string) => join(home, 'Library', 'LaunchAgents', `${label}.plist`)
  const isLoaded = async (label: string) => (await ask('launchctl', ['print', `${domain}/${label}`])).code === 0
  const run = async (words: readonly string[]) => {
    const { code, stderr } = await ask('launchctl', words)
    if (code !== 0) throw failed(words, stderr)
    return typed(words)
  }
  return {
    plan(spec) {
      const label = labelOf(spec.name)
      const path = pathOf(label)
      return { path, text: launchdAgent(spec, label), commands: [typed(['bootstrap', domain, path])] }
    },
    pathOf: (name) => pathOf(labelOf(name)),
    async state(name) {
      const { code, stdout } = await ask('launchctl', ['print', `${domain}/${labelOf(name)}`])
      const told = /^\tstate = (.+)$/m.exec(stdout)?.[1]
      const pid = Number(/^\tpid = (\d+)$/m.exec(stdout)?.[1] ?? 0)
      return {
        phase: pid > 0 ? 'running' : 'stopped',
        words: code === 0 ? told : 'not loaded',
        isEnabled: code === 0,
        pid: pid > 0 ? pid : undefined,
        restarts: undefined,
        journal: `launchctl print ${domain}/${labelOf(name)}`,
      }
    },
    async control(action, name) {
      const label = labelOf(name)
      if (action === 'stop') return await run(['kill', 'SIGTERM', `${domain}/${label}`])
      if (!(await isLoaded(label))) return await run(['bootstrap', domain, pathOf(label)])
      return await run(['kickstart', ...(action === 'restart' ? ['-k'] : []), `${domain}/${label}`])
    },
    async agent() {
      const { code, stdout } = await ask('launchctl', ['getenv', 'SSH_AUTH_SOCK'])
      return (code === 0 && stdout.trim()) || undefined
    },
    async install(spec) {
      const label = labelOf(spec.name)
      const path = pathOf(label)
      const isChanged = await putFile(path, launchdAgent(spec, label))
      await createPrivate(spec.logPath, '') // launchd would make it for everybody to read
      const bootstrap = ['bootstrap', domain, path]
      if ((await ask('launchctl', ['print', domain])).code !== 0) {
        const remarks = ['No session of this account runs launchd here.']
        return { path, isChanged, done: [], toDo: [typed(bootstrap)], remarks }
      }
      const wasLoaded = await isLoaded(label)
      if (wasLoaded && !isChanged) return { path, isChanged, done: [], toDo: [], remarks: [] }
      const done: string[] = []
      for (const words of [...(wasLoaded ? [['bootout', `${domain}/${label}`]] : []), bootstrap]) {
        done.push(await run(words))
      }
      return { path, isChanged, done, toDo: [], remarks: [] }
    },
    async uninstall(name) {
      const label = labelOf(name)
      const path = pathOf(label)
      const bootout = ['bootout', `${domain}/${label}`]
      const wasLoaded = await isLoaded(label)
      if (wasLoaded) await ask('launchctl', bootout)
      const isChanged = await dropFile(path)
      return { path, isChanged, done: wasLoaded ? [typed(bootout)] : [], toDo: [], remarks: [] }
    },
  }
}

function failed(words: readonly string[], stderr: string): Fault {
  return new Fault('service.failed', `${typed(words)} failed: ${stderr.trim()}`, {
    remedy: 'See: launchctl print-disabled, and the log of the service.',
  })
}

function typed(words: readonly string[]): string {
  return `launchctl ${words.join(' ')}`
}
