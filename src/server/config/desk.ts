/** The configuration file as a person changes it, gateway running or not: looked at, checked, edited, written whole. */

import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { Fault } from '../../shared/fault.ts'
import { type Noting, notingNothing } from '../journal/noting.ts'
import { ensurePrivateFolder, writePrivateFile } from '../storage/private-files.ts'
import { parseSettingPath, type SettingPath, setSetting, settingAt, unsetSetting } from './edit.ts'
import { issuesText } from './issues.ts'
import { type ConfigPlace, type ConfigSnapshot, checkConfigText, readConfig } from './load.ts'
import { nodeAt } from './outline.ts'
import { planReload, type ReloadPlan } from './plan.ts'
import { pathText } from './positions.ts'
import { redactConfig } from './redact.ts'
import { writtenSecrets } from './secret-places.ts'
import { isReference } from './text.ts'

export type Setting = {
  /** As the file means it, defaults filled in; secrets replaced. */
  readonly value: unknown
  /** False when the value is a default. */
  readonly isInFile: boolean
}

export type ConfigChange = {
  readonly isChanged: boolean
  /** Whether there was a file before, of which a copy is kept. */
  readonly hadFile: boolean
  /** Dotted paths that a running gateway takes up only when it starts again. */
  readonly needRestart: readonly string[]
  /** What a running gateway does by itself, as `gateway.reload.mode` says. */
  readonly reload: ReloadPlan['action']
}

/** Each call reads the file anew. All throw `config.invalid` with every problem of a file that cannot be used. */
export class ConfigDesk {
  readonly path: string
  readonly #place: ConfigPlace
  readonly #noting: Noting

  constructor(parts: ConfigPlace & { noting?: Noting }) {
    this.path = parts.path
    this.#place = parts
    this.#noting = parts.noting ?? notingNothing
  }

  /** Problems and warnings are in it; never throws for what the file says. */
  look(): ConfigSnapshot {
    return readConfig(this.#place)
  }

  /** Every setting in force, secrets replaced. */
  all(): unknown {
    return redactConfig(this.inForce().config)
  }

  /** Undefined for a setting that has no value. Throws `usage.invalid` for one that does not exist. */
  get(pathAsText: string): Setting | undefined {
    const path = this.#known(pathAsText)
    const snapshot = this.inForce()
    const value = settingAt(redactConfig(snapshot.config), path)
    const isInFile = settingAt(snapshot.parsed, path) !== undefined
    return value === undefined ? undefined : { value, isInFile }
  }

  /** Secrets the value would write as they are; they belong into no command line and no history. */
  secretsIn(pathAsText: string, value: unknown): string[] {
    const path = this.#known(pathAsText)
    if (nodeAt(path)?.secret !== true) return writtenSecrets(value, path)
    return typeof value === 'string' && isReference(value) ? [] : [pathText(path)]
  }

  set(pathAsText: string, value: unknown): ConfigChange {
    const path = this.#known(pathAsText)
    return this.#change(path, (text) => setSetting(text, path, value))
  }

  unset(pathAsText: string): ConfigChange {
    const path = this.#known(pathAsText)
    return this.#change(path, (text) => unsetSetting(text, path))
  }

  /**
   * Several settings in one write, `undefined` taking one out; no copy of the file as it was stays beside it. For
   * secrets that leave it.
   */
  exchange(changes: readonly { readonly path: string; readonly value: unknown }[]): ConfigChange {
    const before = this.look()
    if (before.issues.some(({ path }) => path === '')) throw invalid(this.path, before.issues)
    const text = changes.reduce((edited, { path, value }) => {
      const known = this.#known(path)
      return value === undefined ? unsetSetting(edited, known) : setSetting(edited, known, value)
    }, before.raw ?? '')
    const change = this.#write(before, text, before.hash, changes.map(({ path }) => path).join(', '))
    if (change.isChanged && existsSync(`${this.path}.bak`))
      writePrivateFile(`${this.path}.bak`, text, { keepLast: false })
    return change
  }

  /** The text somebody edited elsewhere; `baseHash` is the hash of what they began with, null for a file that was not there. */
  replace(text: string, baseHash: string | null): ConfigChange {
    return this.#write(this.look(), text, baseHash, 'the whole file')
  }

  /** What is wrong with a text, before anything is written. */
  problems(text: string): string | undefined {
    const { issues } = checkConfigText(this.#place, text)
    return issues.length === 0 ? undefined : issuesText(this.path, issues)
  }

  #change(path: SettingPath, edit: (text: string) => string): ConfigChange {
    const before = this.look()
    if (before.issues.some(({ path }) => path === '')) throw invalid(this.path, before.issues)
    return this.#write(before, edit(before.raw ?? ''), before.hash, pathText(path))
  }

  #write(before: ConfigSnapshot, text: string, baseHash: string | null, setting: string): ConfigChange {
    const hadFile = before.raw !== null
    if (text === (before.raw ?? '')) return { isChanged: false, hadFile, needRestart: [], reload: 'none' }
    const after = checkConfigText(this.#place, text)
    if (!after.valid) throw invalid(this.path, after.issues)
    if (!existsSync(dirname(this.path))) ensurePrivateFolder(dirname(this.path))
    this.#noting('config.written', { setting }, () => {
      if (this.look().hash !== baseHash) throw conflict(this.path)
      writePrivateFile(this.path, text)
    })
    const { needRestart, action: reload } = planReload(before, after)
    return { isChanged: true, hadFile, needRestart, reload }
  }

  /** What the file means now. */
  inForce(): ConfigSnapshot {
    const snapshot = this.look()
    if (!snapshot.valid) throw unusable(this.path, snapshot.issues)
    return snapshot
  }

  #known(pathAsText: string): SettingPath {
    const path = parseSettingPath(pathAsText)
    if (nodeAt(path) !== undefined) return path
    throw new Fault('usage.invalid', `There is no setting ${pathText(path)}`, {
      remedy: 'docs/config.md lists every setting; clawdbot config get shows the ones in force.',
    })
  }
}

/** What was to be written, or the file that was to be changed. */
function invalid(path: string, issues: ConfigSnapshot['issues']): Fault {
  const remedy = 'The file was not changed. docs/config.md lists every setting.'
  return new Fault('config.invalid', issuesText(path, issues), { remedy, details: { issues } })
}

/** The file that was to be read. */
function unusable(path: string, issues: ConfigSnapshot['issues']): Fault {
  const remedy = 'Correct the file: clawdbot config edit. docs/config.md lists every setting.'
  return new Fault('config.invalid', issuesText(path, issues), { remedy, details: { issues } })
}

function conflict(path: string): Fault {
  return new Fault('config.conflict', `${path} was changed by somebody else in the meantime`, {
    remedy: 'Nothing was written. Look at it again, then repeat your change.',
    retryable: true,
  })
}
