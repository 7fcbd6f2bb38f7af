/** The gateway as a program: flags and environment in, banner out, signals obeyed. Stays in the foreground. */

import { hostname } from 'node:os'
import { version } from '../shared/build.ts'
import { errorText, Fault } from '../shared/fault.ts'
import { systemClock } from '../shared/std/clock.ts'
import { Lifetime } from '../shared/std/lifetime.ts'
import { Secret } from '../shared/std/secret.ts'
import { type TailscaleCommand, tailscaleCommand } from '../tunnel/tailscale/cli.ts'
import { createWhois } from '../tunnel/tailscale/whois.ts'
import { channelTokens } from './channels/table.ts'
import { composeGateway } from './compose.ts'
import { type GatewayFlags, gatewayPort, sharedSecret } from './config/effective.ts'
import { issueLine } from './config/issues.ts'
import { type ConfigSnapshot, readConfig } from './config/load.ts'
import type { ReloadPlan } from './config/plan.ts'
import { secretsOf } from './config/redact.ts'
import { watchConfig, watchFolderOf } from './config/watch.ts'
import type { SharedSecret } from './gateway/server-parts.ts'
import { openJournal } from './journal/journal.ts'
import type { ListenPlan } from './listen-plan.ts'
import { openLogFile } from './log/file.ts'
import { createLogger, type Logger } from './log/logger.ts'
import { createRedactor } from './log/redact.ts'
import { watchPrivateFile } from './private-file-watch.ts'
import { vendorKeys } from './providers/hosted.ts'
import { writeRuntimeNote } from './runtime-note.ts'
import { tellServiceManager } from './service-notice.ts'
import { checkSafe, checkSafeAt, checkStart } from './start-check.ts'
import { takeLock } from './storage/lock.ts'
import { statePaths } from './storage/paths.ts'
import { ensurePrivateFolder, readPrivateFile, usePrivateUmask } from './storage/private-files.ts'
import { keepExposed } from './tailnet/exposure.ts'
import { createIdentify } from './tailnet/identity.ts'
import { loadCertificate } from './tls/certificate.ts'
import { localToken } from './token-file.ts'

export type ServerOptions = {
  flags: GatewayFlags
  env: Readonly<Record<string, string | undefined>>
  home: string
  print(line: string): void
  /** Ends the gateway in good order. */
  signal: AbortSignal
  /** The command of this machine when absent. */
  tailscale?: TailscaleCommand
  /** What to start with; what the files say when absent. */
  settings?: ConfigSnapshot
  /** What the files said when it could not be started with that. Not tried again while they say the same. */
  refused?: Refused | undefined
  /** It could be started with these settings. */
  onStarted?(): void
}

export type Refused = { settings: ConfigSnapshot; error: unknown }

/** What a changed configuration asks to be started with, and what was in force until then. */
export type Restart = { next: ConfigSnapshot; last: ConfigSnapshot }

/** Runs one gateway until `signal`, or until a changed configuration asks for a new start. */
export async function runGateway(options: ServerOptions): Promise<'stopped' | Restart> {
  const { flags, env, home, print, signal, refused, tailscale = tailscaleCommand(env) } = options
  const paths = statePaths(env, home)
  usePrivateUmask()
  const place = { path: paths.config, env, envFile: paths.env }
  const start = await checkStart({ ...options, tailscale })
  const { plan } = start
  let { snapshot } = start
  const port = gatewayPort(snapshot.config, snapshot.env, flags)
  const { gateway: settings } = snapshot.config
  const tailscaleMode = flags.tailscale ?? settings.tailscale.mode
  ensurePrivateFolder(paths.stateDir)
  let made: SharedSecret | undefined
  const secretOf = (settings: ConfigSnapshot): SharedSecret => {
    const configured = sharedSecret(settings.config, settings.env, flags)
    if (!configured) made ??= localToken(paths.token)
    return configured ?? (made as SharedSecret)
  }
  const secret = () => secretOf(snapshot)
  secret() // a token file that cannot be made is told before anything starts

  const owners = () => {
    const { allowTailscale, tailscaleUsers } = snapshot.config.gateway.auth
    return allowTailscale ? tailscaleUsers : []
  }

  await using life = new Lifetime()
  print('🚀 Gateway starting...')
  life.use(takeLock(paths.lock, systemClock.now()))
  const { log, logFile, learnSecrets, redact } = openLog(life, options, () => snapshot, secret)
  const tellRefused = (error: unknown) =>
    log.error('the changed configuration is refused; the last good one stays in force', { reason: errorText(error) })
  if (refused) tellRefused(refused.error)
  for (const { message, remedy = '' } of snapshot.warnings) {
    print(`⚠️  ${message}\n   ${remedy}`)
    log.warn(message, { remedy })
  }
  const onFailed = (error: unknown) => log.error('the audit log could not be written', { error })
  const journal = life.use(openJournal({ path: paths.journal, clock: systemClock, redact, onFailed }))
  // The last entry: ending everything else is written down, too.
  let stopped: 'stopped' | 'restart' | undefined
  life.defer(() => {
    if (stopped) journal.note('gateway.stopped', { how: stopped })
  })
  const names = ['localhost', hostname(), '127.0.0.1', '::1', ...plan.ownHosts]
  const tlsFacts = { settings: settings.tls, folder: paths.tls, home, names, now: systemClock.now() }
  const certificate = loadCertificate(tlsFacts)
  const gateway = life.use(
    await composeGateway({
      paths,
      config: () => snapshot.config,
      readConfig: () => readConfig(place),
      secret,
      env,
      modelEnv: () => snapshot.env,
      listen: plan.hosts.map((host) => ({ host, port })),
      ownHosts: plan.ownHosts,
      identify: createIdentify({ whois: createWhois(tailscale), owners, clock: systemClock }),
      ...(certificate && { tls: certificate }),
      ...(plan.socket === undefined ? {} : { socket: plan.socket }),
      hostName: hostname(),
      clock: systemClock,
      log,
      logFile,
      journal,
    }),
  )
  const tlsFingerprint = certificate && `sha256:${certificate.fingerprint}`
  const reachable = { port: gateway.port, ...(plan.isLoopbackSilent || plan.isSecure ? { socket: plan.socket } : {}) }
  const isPortTyped = flags.port === undefined ? undefined : true
  const shown = { url: gateway.url, tlsFingerprint, tailscale: flags.tailscale, isPortTyped }
  life.use(writeRuntimeNote(paths.runtime, { ...reachable, ...shown, env, now: systemClock.now() }))
  tellPlaces(print, gateway.url, plan)
  if (tlsFingerprint) print(`🔏 TLS fingerprint: ${tlsFingerprint}`)
  print(`🔒 Auth mode: ${secret().mode}`)
  if (made) print(`🔑 Token: kept in ${paths.token}`)
  life.use(
    keepExposed({
      command: tailscale,
      settings: { ...settings.tailscale, mode: tailscaleMode },
      openServe: gateway.openServe,
      notePath: paths.serveNote,
      socketPath: paths.serveSocket,
      print,
      log,
      note: (what, facts) => journal.note(what, facts),
      clock: systemClock,
    }),
  )
  options.onStarted?.()
  log.info(`listening on ${gateway.url}`, { version, pid: process.pid })
  journal.note('gateway.started', { url: gateway.url, version, pid: process.pid })

  const takeSecret = (change: () => void) => {
    const before = secret()
    change()
    learnSecrets()
    closeOld(before, secret())
  }
  /** Whatever a secret opened ends when there is another one (AU12). */
  const closeOld = (before: SharedSecret, { mode, secret: now }: SharedSecret) => {
    if (mode === before.mode && now.reveal() === before.secret.reveal()) return
    const closed = gateway.secretChanged()
    log.info('the secret changed; what the old one opened is closed', { mode, closed })
    journal.note('auth.secret-changed', { mode, closed })
  }
  const { promise: ended, resolve: end } = Promise.withResolvers<'stopped' | Restart>()
  if (signal.aborted) end('stopped')
  signal.addEventListener('abort', () => end('stopped'), { once: true })
  life.use(
    watchConfig({
      clock: systemClock,
      initial: snapshot,
      seen: refused?.settings,
      read: () => readConfig(place),
      paths: [paths.config, paths.env],
      watchFile: watchFolderOf,
      onChange(next, reload) {
        tellChange(log, reload)
        journal.note('config.changed', reload)
        if (reload.action === 'none') return
        if (reload.action === 'restart') {
          // Where it will listen then is checked by the new start; here it keeps its secret until it has stopped.
          checkSafe(next, flags)
          closeOld(secret(), secretOf(next))
          end({ next, last: snapshot })
          return
        }
        checkSafeAt(plan.hosts, next, flags)
        takeSecret(() => {
          snapshot = next
        })
        void gateway.reload()
      },
      onBroken: (broken) =>
        log.error('the configuration file cannot be used; the last good one stays in force', {
          problems: broken.issues.map(issueLine).join('; '),
        }),
      onRefused: tellRefused,
    }),
  )
  life.use(
    watchPrivateFile({
      path: paths.token,
      clock: systemClock,
      read: () => readPrivateFile(paths.token)?.trim(),
      // A file that is gone or blank changes nothing.
      onText(text) {
        if (text && text !== made?.secret.reveal())
          takeSecret(() => {
            made &&= { mode: 'token', secret: new Secret(text) }
          })
      },
      onRefused: (error) => log.error('the token file is refused; the last token stays', { reason: errorText(error) }),
    }),
  )
  const manager = life.use(
    tellServiceManager({
      env,
      clock: systemClock,
      status: `listening on ${gateway.url}`,
      onFailed: (error) => log.warn('systemd could not be told that the gateway works', { error }),
    }),
  )
  const how = await ended
  const isLast = how === 'stopped'
  if (isLast) manager.stopping()
  log.info(isLast ? 'stopping' : 'restarting')
  stopped = isLast ? 'stopped' : 'restart'
  await gateway.stop({ restartExpectedMs: isLast ? null : 1500 })
  return how
}

function tellPlaces(print: (line: string) => void, url: string, { hosts, socket, isLoopbackSilent }: ListenPlan): void {
  if (hosts.length > 0) print(`📡 WebSocket: ${url}`)
  if (socket !== undefined) print(`🔌 Socket: ${socket}`)
  if (!isLoopbackSilent || hosts.length === 0) return
  print(
    `   Only ${hosts.join(', ')} is listened on; 127.0.0.1 does not answer. Programs on this machine use the socket.`,
  )
}

function openLog(
  life: Lifetime,
  { env, home }: ServerOptions,
  snapshot: () => ConfigSnapshot,
  secret: () => SharedSecret,
) {
  const file = life.use(openLogFile({ folder: statePaths(env, home).logs, clock: systemClock }))
  const redactor = createRedactor({ patterns: () => snapshot().config.logging.redactSensitive !== 'off' })
  const learnSecrets = () =>
    redactor.know([
      ...secretsOf(snapshot().config),
      ...channelTokens(snapshot().config, snapshot().env),
      ...vendorKeys(snapshot().env),
      secret().secret.reveal(),
    ])
  learnSecrets()
  const log: Logger = createLogger({
    clock: systemClock,
    level: () => snapshot().config.logging.level,
    redactor,
    sinks: [file.sink],
  })
  return { log, logFile: () => file.path(), learnSecrets, redact: redactor.redact }
}

function tellChange(log: Logger, { changed, needRestart, action }: ReloadPlan): void {
  log.info('the configuration changed', { changed: changed.join(', '), action })
  if (action !== 'restart' && needRestart.length > 0)
    log.warn('some changes wait for a restart', { needRestart: needRestart.join(', ') })
}

/** What went wrong, for the person at the terminal; a bug's stack goes nowhere else than the log. */
export function failureText(error: unknown): string {
  if (error instanceof Fault) return error.remedy ? `${error.message}\n   ${error.remedy}` : error.message
  return `The gateway met an internal error: ${errorText(error)}`
}
