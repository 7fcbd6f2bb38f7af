/** Fits the gateway's rooms to what the line commands know as its files on this machine. */

import { hostname } from 'node:os'
import type { Host } from '../cli/host.ts'
import { systemClock } from '../shared/std/clock.ts'

export async function hostOf(env: Readonly<Record<string, string | undefined>>, home: string): Promise<Host> {
  const { ConfigDesk } = await import('../server/config/desk.ts')
  const { EnvFileDesk } = await import('../server/config/env-file-desk.ts')
  const { moveSecrets, secretPlaces, unsetSecret } = await import('../server/secret-desk.ts')
  const { setupFacts } = await import('../server/setup/facts.ts')
  const { openJournal } = await import('../server/journal/journal.ts')
  const { notingAt } = await import('../server/journal/noting.ts')
  const { readServeNote, writeServeNote } = await import('../server/tailnet/serve-note.ts')
  const { statePaths } = await import('../server/storage/paths.ts')
  const { rotateToken } = await import('../server/token-rotate.ts')
  const paths = statePaths(env, home)
  const log = { path: paths.journal, clock: systemClock }
  const journal = () => openJournal(log)
  const noting = notingAt(log)
  const note = (what: string, facts: Readonly<Record<string, unknown>>) => noting(what, facts, () => {})
  const config = new ConfigDesk({ path: paths.config, env, envFile: paths.env, noting })
  const file = new EnvFileDesk(paths.env, noting)
  const desks = { settings: config, file, env }
  const served = {
    placed: () => readServeNote(paths.serveNote),
    forget: () => writeServeNote(paths.serveNote, undefined),
  }
  return {
    config,
    async checkStart(signal) {
      const { checkStart } = await import('../server/start-check.ts')
      await checkStart({ flags: {}, env, home, signal })
    },
    served,
    journal: { path: paths.journal, open: journal },
    rotateToken() {
      return rotateToken({ desk: config, file, env, path: paths.token, noting })
    },
    async setPassword(password) {
      const { setPassword } = await import('../server/password-set.ts')
      return await setPassword(config, password, noting)
    },
    secrets: {
      list: () => secretPlaces(desks),
      set: (name, value) => file.set(name, value),
      unset: (name) => unsetSecret(desks, name),
      move: (settings) => moveSecrets(desks, settings),
    },
    async backup(wish) {
      const { makeBackup } = await import('../server/backup/make.ts')
      const made = await makeBackup({ ...wish, paths, host: hostname(), home, now: systemClock.now() })
      note('state.backed-up', { ...wish, bytes: made.bytes })
      return made
    },
    async openBackup(file, { isDryRun }) {
      const { openBackup } = await import('../server/backup/restore.ts')
      return await openBackup(file, { paths, home, clock: systemClock, isDryRun })
    },
    setup: {
      facts: () => ({ ...setupFacts(config), configPath: paths.config, envPath: paths.env }),
      trials: {
        async model(asked, signal) {
          const { tryModel } = await import('../server/setup/try-model.ts')
          return await tryModel(asked, config.inForce(), signal)
        },
        async telegram(token, signal) {
          const { telegramRoot, tryKeptToken, tryToken } = await import('../server/channels/telegram/try-token.ts')
          const known = config.inForce()
          return await (token ? tryToken(token, telegramRoot(known.parsed), signal) : tryKeptToken(known, signal))
        },
      },
      async write(plan) {
        const { writeSetup } = await import('../server/setup/write.ts')
        const written = await writeSetup(plan, desks)
        if (plan.secret?.kind === 'password') note('auth.password-set', {})
        return written
      },
    },
    channels: {
      ids: ['telegram'],
      async add(_, how, signal) {
        const { setUpTelegram } = await import('../server/channels/telegram/set-up.ts')
        return { account: await setUpTelegram(desks, how, signal) }
      },
      async remove(_, signal) {
        const { takeOutTelegram } = await import('../server/channels/telegram/set-up.ts')
        return await takeOutTelegram(desks, signal)
      },
    },
    async audit({ isDeep, isRepairing, signal }) {
      const { runAudit } = await import('../server/audit/run.ts')
      const { lookAtSsh } = await import('../client/ssh-look.ts')
      const { clientPaths } = await import('../client/paths.ts')
      const { tailscaleCommand } = await import('../tunnel/tailscale/cli.ts')
      const set = (path: string, value: string) => void config.set(path, value)
      return await runAudit({
        ...{ paths, env, now: systemClock.now(), whole: { database: isDeep, journal: true } },
        asking: {
          signal,
          isKnocking: isDeep,
          tailscale: tailscaleCommand(env),
          lookAtSsh: async () => await lookAtSsh(clientPaths(env, home).profiles, { env, home, signal }),
        },
        repairs: isRepairing
          ? { set, noting, moveSecret: (setting) => moveSecrets(desks, [setting])[0]?.name ?? '' }
          : undefined,
      })
    },
  }
}
