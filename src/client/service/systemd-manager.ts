/** Services of this account under systemd's user manager. */

import { join } from 'node:path'
import { Fault } from '../../shared/fault.ts'
import type { ServiceSpec } from '../../shared/service/spec.ts'
import { systemdUnit } from '../../shared/service/systemd.ts'
import { readIfThere } from '../private-file.ts'
import type { ProgramAnswer } from '../system-programs.ts'
import type { ServiceManager, ServiceReport, ServiceWorld } from './service-manager.ts'
import { dropFile, putFile } from './unit-file.ts'

/** EXIT_NAMESPACE and EXIT_CAPABILITIES: the confinement could not be made. https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#Process%20Exit%20Codes */
const unconfinable = ['226', '218']

export function systemdManager(world: Pick<ServiceWorld, 'home' | 'env' | 'uid' | 'ask'>): ServiceManager {
  const session = new SystemdSession(world)
  return {
    install: (spec) => session.install(spec),
    uninstall: (name) => session.uninstall(name),
  }
}

class SystemdSession {
  readonly #world: Pick<ServiceWorld, 'home' | 'env' | 'uid' | 'ask'>
  readonly #done: string[] = []

  constructor(world: Pick<ServiceWorld, 'home' | 'env' | 'uid' | 'ask'>) {
    this.#world = world
  }

  async install(spec: ServiceSpec): Promise<ServiceReport> {
    const unit = `${spec.name}.service`
    const path = this.#path(unit)
    // Where less confinement was found to be possible, it stays so.
    const isPlain = (await readIfThere(path)) === systemdUnit(spec, 'plain')
    const isChanged = !isPlain && (await putFile(path, systemdUnit(spec, 'namespaces')))
    if (!(await this.#isThere())) {
      const toDo = [['daemon-reload'], ['enable', '--now', unit]].map(typed)
      return { path, isChanged, done: [], toDo, remarks: ['No systemd of this account runs here.'] }
    }
    for (const words of [['daemon-reload'], ['enable', unit]]) await this.#run(words)
    const start = [isChanged ? 'restart' : 'start', unit]
    const answer = await this.#ask(start)
    const isRefused = answer.code !== 0 && (await this.#isUnconfinable(unit))
    if (isRefused) {
      await putFile(path, systemdUnit(spec, 'plain'))
      for (const words of [['daemon-reload'], ['restart', unit]]) await this.#run(words)
    } else if (answer.code !== 0) throw failed(start, answer)
    const remarks = [...(isPlain || isRefused ? [looseRemark] : []), ...(await this.#lingering())]
    return { path, isChanged, done: this.#done, toDo: [], remarks }
  }

  async uninstall(name: string): Promise<ServiceReport> {
    const unit = `${name}.service`
    const path = this.#path(unit)
    const isThere = await this.#isThere()
    if (isThere) await this.#ask(['disable', '--now', unit]) // fails when it was never there, which is as well
    const isChanged = await dropFile(path)
    if (isThere && isChanged) await this.#run(['daemon-reload'])
    return { path, isChanged, done: isChanged ? this.#done : [], toDo: [], remarks: [] }
  }

  /** Where the system forbids user namespaces the service ends at once with a status of its own. */
  async #isUnconfinable(unit: string): Promise<boolean> {
    const { ask } = this.#world
    const { stdout } = await ask('systemctl', ['--user', 'show', '--property=ExecMainStatus', '--value', unit])
    return unconfinable.includes(stdout.trim())
  }

  /** Without lingering the user manager, and all it keeps, ends with the last session. */
  async #lingering(): Promise<string[]> {
    const { uid, ask } = this.#world
    const { code, stdout } = await ask('loginctl', ['show-user', String(uid), '--property=Linger', '--value'])
    if (code !== 0 || stdout.trim() !== 'no') return []
    return ['It runs while you are logged in. To keep it running without: loginctl enable-linger']
  }

  async #isThere(): Promise<boolean> {
    const { stdout } = await this.#world.ask('systemctl', ['--user', 'is-system-running'])
    return ['running', 'degraded', 'starting', 'initializing'].includes(stdout.trim())
  }

  async #ask(words: readonly string[]): Promise<ProgramAnswer> {
    this.#done.push(typed(words))
    return await this.#world.ask('systemctl', ['--user', ...words])
  }

  async #run(words: readonly string[]): Promise<void> {
    const answer = await this.#ask(words)
    if (answer.code !== 0) throw failed(words, answer)
  }

  #path(unit: string): string {
    const { env, home } = this.#world
    return join(env.XDG_CONFIG_HOME?.trim() || join(home, '.config'), 'systemd', 'user', unit)
  }
}

const looseRemark =
  'This system lets no account have namespaces of its own, so the service sees the whole file system; the rest of its confinement holds.'

function typed(words: readonly string[]): string {
  return `systemctl --user ${words.join(' ')}`
}

function failed(words: readonly string[], { code, stderr }: ProgramAnswer): Fault {
  return new Fault('service.failed', `${typed(words)} failed: ${stderr.trim() || `exit code ${code ?? 'none'}`}`, {
    remedy: `See: journalctl --user --unit ${words.at(-1)}`,
  })
}
