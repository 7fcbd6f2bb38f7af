/** Facts for checks: those of a quiet default install, and ways to spoil them. */

import type { AuditFacts, FileFact, FilePart } from '../../../src/server/audit/facts.ts'
import { type Config, configSchema, defaultConfig } from '../../../src/server/config/schema.ts'

export const stateDir = '/home/ada/.clawdbot'
export const account = 1000
export const now = Date.UTC(2026, 10, 25)

export function file(part: FilePart, path: string, mode: number, more: Partial<FileFact> = {}): FileFact {
  return { part, path, kind: 'file', mode, uid: account, ...more }
}

export function folder(part: FilePart, path: string, mode: number, more: Partial<FileFact> = {}): FileFact {
  return file(part, path, mode, { kind: 'folder', ...more })
}

/** A gateway that was started once, by its own account. */
export function quiet(): AuditFacts {
  return {
    now,
    stateDir,
    account,
    files: [
      folder('state', stateDir, 0o700),
      file('config', `${stateDir}/clawdbot.json`, 0o600),
      folder('credentials-folder', `${stateDir}/secrets`, 0o700),
      file('credential', `${stateDir}/secrets/vps`, 0o600),
      file('credential', `${stateDir}/gateway-token`, 0o600),
      file('store', `${stateDir}/clawdbot.db`, 0o600),
      folder('log', `${stateDir}/logs`, 0o700),
      file('log', `${stateDir}/logs/clawdbot-2026-11-25.log`, 0o600),
      file('log', `${stateDir}/audit.db`, 0o600),
    ],
    config: {
      path: `${stateDir}/clawdbot.json`,
      settings: defaultConfig(),
      issues: [],
      writtenSecrets: [],
      placeholders: [],
    },
    secret: { mode: 'token', from: 'made', length: 43, isGuessable: false },
    addresses: ['127.0.0.1', '192.168.1.20', '::1'],
    rules: [],
    allowedCommands: 0,
    devices: [],
    nodes: [],
    store: {
      ...{ setAside: [], damage: undefined, journal: undefined, freeBytes: 50_000_000_000 },
      ...{ inUseSince: now - 86_400_000, backedUpAt: undefined, unwritable: undefined },
    },
    ssh: undefined,
    tailscaleFlag: undefined,
    tailscale: undefined,
    probe: undefined,
  }
}

export type Spoil = (facts: AuditFacts) => AuditFacts

/** The file with this path looks like that instead; one that was not there is added. */
export function withFile(changed: FileFact): Spoil {
  return (facts) => ({ ...facts, files: [...facts.files.filter(({ path }) => path !== changed.path), changed] })
}

/** Settings as they would be written. */
export function withSettings(written: unknown): Spoil {
  return (facts) => ({ ...facts, config: { ...facts.config, settings: configSchema.parse(written) as Config } })
}

export function withConfig(changed: Partial<AuditFacts['config']>): Spoil {
  return (facts) => ({ ...facts, config: { ...facts.config, ...changed } })
}

export function withStore(changed: Partial<AuditFacts['store']>): Spoil {
  return (facts) => ({ ...facts, store: { ...facts.store, ...changed } })
}

export const withFacts =
  (changed: Partial<AuditFacts>): Spoil =>
  (facts) => ({ ...facts, ...changed })

export const all =
  (...spoils: Spoil[]): Spoil =>
  (facts) =>
    spoils.reduce((spoiled, spoil) => spoil(spoiled), facts)
