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
  return {
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
        done.push(typed(words))
        const { code, stderr } = await ask('launchctl', words)
        if (code !== 0) throw failed(words, stderr)
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
