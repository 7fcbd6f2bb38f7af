/** Reads the configuration file and says everything that is wrong with it at once. */

import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { Fault } from '../../shared/fault.ts'
import { envFileSlips } from '../../shared/std/env-file.ts'
import { isRecord } from '../../shared/std/json.ts'
import { readAs } from '../../shared/std/read-as.ts'
import { expandHome } from '../storage/paths.ts'
import { fileMode, readPrivateFile } from '../storage/private-files.ts'
import { gatewayEnv, readGatewayEnv } from './gateway-env.ts'
import { issuesText, schemaIssues } from './issues.ts'
import { lineOf, type Positions } from './positions.ts'
import { type Config, configSchema, defaultConfig } from './schema.ts'
import { type ConfigIssue, missingIssue, parseConfigText, substitute } from './text.ts'

export type ConfigSnapshot = {
  path: string
  exists: boolean
  /** The text of the file; holds secrets. */
  raw: string | null
  /** Hex SHA-256 of `raw`. */
  hash: string | null
  /** The file's values as written, `${NAME}` included. */
  parsed: unknown
  valid: boolean
  /** What the file means; the defaults when it is invalid. */
  config: Config
  issues: ConfigIssue[]
  warnings: ConfigIssue[]
  /** Where `${NAME}` and what no setting says were looked up: the environment, and `gateway.env` beneath it. */
  env: ConfigEnv
}

/** Environment given, never read here: neither `.env` nor anything else in the current folder counts (SE6). */
export type ConfigEnv = Readonly<Record<string, string | undefined>>

export type ConfigPlace = {
  path: string
  env: ConfigEnv
  /** Path of `gateway.env`. */
  envFile?: string | undefined
}

/** Never throws for what is in the file; a missing file is an empty one. */
export function readConfig(place: ConfigPlace): ConfigSnapshot {
  const { path } = place
  const raw = readPrivateFile(path)
  if (raw === undefined) return { ...emptySnapshot(path, envOf(place)), valid: true, warnings: slipsOf(place) }
  const checked = checkConfigText(place, raw)
  return { ...checked, warnings: [...openTo(path), ...withoutPlace(checked.config), ...slipsOf(place)] }
}

function envOf({ env, envFile }: ConfigPlace): ConfigEnv {
  return envFile === undefined ? env : gatewayEnv(env, envFile)
}

/** What a text would mean as that file. Never throws for what it says. */
export function checkConfigText(place: ConfigPlace, raw: string): ConfigSnapshot {
  const { path } = place
  const env = envOf(place)
  const base = { ...emptySnapshot(path, env), exists: true, raw, hash: createHash('sha256').update(raw).digest('hex') }
  const text = parseConfigText(raw)
  if (!text.ok) return { ...base, issues: [text.issue] }
  const result = checkConfig(text.value, text.positions, env)
  return { ...base, ...result, parsed: text.value, valid: result.issues.length === 0 }
}

/** As `readConfig`, but throws `config.invalid` with every problem in its message. */
export function loadConfig(where: ConfigPlace): ConfigSnapshot {
  const snapshot = readConfig(where)
  if (!snapshot.valid) {
    throw new Fault('config.invalid', issuesText(where.path, snapshot.issues), {
      remedy: 'Correct the file, then start again. docs/config.md lists every setting.',
    })
  }
  return snapshot
}

function checkConfig(
  value: Record<string, unknown>,
  positions: Positions,
  env: ConfigEnv,
): { config: Config; issues: ConfigIssue[] } {
  const { value: substituted, missing } = substitute(value, withVars(value, env))
  const issues: ConfigIssue[] = [
    ...positions.duplicates.map(({ path, line }) => ({
      path,
      line,
      message: 'is given twice',
      remedy: 'Keep one of them.',
    })),
    ...missing.map((one) => {
      const line = lineOf(positions.lines, one.path)
      return { ...missingIssue(one), ...(line === undefined ? {} : { line }) }
    }),
  ]
  const result = readAs(configSchema, substituted)
  if (result.success) return { config: issues.length === 0 ? withHome(result.data, env) : defaultConfig(), issues }
  // What a missing variable left empty has been told already.
  const told = new Set(issues.map((issue) => issue.path))
  issues.push(...schemaIssues(result.error, positions).filter((issue) => !told.has(issue.path)))
  return { config: defaultConfig(), issues: issues.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)) }
}

/** Folders under `~`, and relative ones, are under the home folder, never the current one (SE6). */
function withHome(config: Config, env: ConfigEnv): Config {
  const place = <T extends { workspace?: string | undefined }>(settings: T): T =>
    settings.workspace === undefined
      ? settings
      : { ...settings, workspace: expandHome(settings.workspace, env.HOME?.trim() || homedir()) }
  const { defaults, list } = config.agents
  return { ...config, agents: { defaults: place(defaults), list: list.map(place) } }
}

/** `env.vars` fills only what is not set. */
function withVars(value: Record<string, unknown>, env: ConfigEnv): ConfigEnv {
  const vars = isRecord(value.env) && isRecord(value.env.vars) ? value.env.vars : {}
  const merged: Record<string, string | undefined> = { ...env }
  for (const [name, text] of Object.entries(vars)) {
    if (!merged[name] && typeof text === 'string') merged[name] = text
  }
  return merged
}

function emptySnapshot(path: string, env: ConfigEnv): ConfigSnapshot {
  return {
    path,
    exists: false,
    raw: null,
    hash: null,
    parsed: {},
    valid: false,
    config: defaultConfig(),
    issues: [],
    warnings: [],
    env,
  }
}

function openTo(path: string): ConfigIssue[] {
  const mode = fileMode(path)
  if (mode === undefined || (mode & 0o077) === 0) return []
  return [
    {
      path: '',
      message: `Other accounts can read ${path} (mode ${mode.toString(8)})`,
      remedy: `Run: chmod 600 ${path}`,
    },
  ]
}

/** Clients of this machine refuse that; a gateway here does not mind. */
function withoutPlace({ gateway: { mode, remote } }: Config): ConfigIssue[] {
  if (mode !== 'remote' || remote?.url) return []
  return [
    {
      path: 'gateway.mode',
      message: 'gateway.mode is remote, and gateway.remote.url does not say where that is',
      remedy: 'Say it: clawdbot config set gateway.remote.url wss://…; or run: clawdbot config set gateway.mode local',
    },
  ]
}

function slipsOf({ envFile }: ConfigPlace): ConfigIssue[] {
  if (envFile === undefined) return []
  return envFileSlips(readGatewayEnv(envFile) ?? '').map(({ line, what }) => ({
    path: '',
    line,
    message: `Line ${line} of ${envFile} ${what}`,
    remedy: 'Correct it there: each line is NAME=value.',
  }))
}
