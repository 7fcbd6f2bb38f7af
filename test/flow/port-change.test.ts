/** The gateway of this machine moves to another port while a terminal is open. */

import { expect, onTestFinished, test, vi } from 'vitest'
import type { Attachment } from '../../src/client/connection-api.ts'
import { clientPaths } from '../../src/client/paths.ts'
import { resolveTarget } from '../../src/client/target.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import { reach } from '../../src/tui/fleet/reach.ts'
import { noPrompts } from '../../src/tunnel/prompts.ts'
import { freePort } from '../support/free-port.ts'
import { obeyingGateway, patience } from '../support/obeying-gateway.ts'

test('an open terminal follows it, also when its secret changed with it, and delivers what was written meanwhile', async () => {
  const [first, second, third] = [await freePort(), await freePort(), await freePort()]
  const gateway = await obeyingGateway({ port: first })
  const { env, home } = gateway
  const paths = clientPaths(env, home)
  const local = { id: 'local', name: 'local', url: '', transport: 'direct', isOurs: true }
  const world = { env, paths, clock: systemClock, serverProgram: '/nowhere', onProgress: () => () => {} }
  const terminal = reach(local, (prompts) => resolveTarget({}, env, paths, prompts), noPrompts, world).gateway
  onTestFinished(() => terminal[Symbol.asyncDispose]())
  const attachments: Attachment['kind'][] = []
  const delivered: string[] = []
  terminal.attachments(({ kind }) => attachments.push(kind))
  terminal.outbox.deliveries(({ entry, kind }) => delivered.push(`${entry.message} ${kind}`))
  const at = (port: number) => ({ phase: 'live', url: `ws://127.0.0.1:${port}` })
  terminal.connect()
  await vi.waitFor(() => expect(terminal.view).toMatchObject(at(first)), patience)

  const away = new Promise<void>((resolve) => {
    terminal.subscribe(() => terminal.view.phase === 'waiting' && resolve())
  })
  gateway.write({ port: second })
  await away
  await terminal.outbox.add({ idempotencyKey: 'k', sessionKey: 'main', message: 'kept' })
  await vi.waitFor(() => expect(terminal.view).toMatchObject(at(second)), patience)
  await vi.waitFor(() => expect(delivered).toEqual(['kept accepted']), patience)

  gateway.write({ port: third, auth: { token: 'another that nobody has guessed' } })
  await vi.waitFor(() => expect(terminal.view).toMatchObject(at(third)), patience)
  expect(attachments).toEqual(['fresh', 'resync', 'resync'])
})
