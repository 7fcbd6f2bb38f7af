import { readFile, stat } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { ensureLocalGateway, ensureToken } from '../../src/client/local.ts'
import { isPortFree, probePort } from '../../src/client/probe.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import { freePort } from '../support/free-port.ts'
import { StandInGateway } from '../support/stand-in-gateway.ts'
import { Home } from './support.ts'

test('a running gateway is used as it is', async () => {
  await using home = await Home.make()
  await using gateway = await StandInGateway.start()
  const env = { CLAWDBOT_STATE_DIR: home.paths.stateDir, CLAWDBOT_GATEWAY_PORT: String(gateway.port) }
  const lines: string[] = []
  const found = await ensureLocalGateway({
    ...{ env, paths: home.paths, program: 'none', clock: systemClock, signal: new AbortController().signal },
    onProgress: (line) => lines.push(line),
  })
  expect(found).toEqual({ port: gateway.port, isNew: false })
  expect(lines).toEqual([])
})

test('AU14: the generated secret has 256 bits, is private, and is made once', async () => {
  await using home = await Home.make()
  await Promise.all([ensureToken(home.paths), ensureToken(home.paths)])
  const token = (await readFile(home.paths.gatewayToken, 'utf8')).trim()
  expect(Buffer.from(token, 'base64url')).toHaveLength(32)
  expect((await stat(home.paths.gatewayToken)).mode & 0o777).toBe(0o600)
  await ensureToken(home.paths)
  expect((await readFile(home.paths.gatewayToken, 'utf8')).trim()).toBe(token)
})

test('who listens at a port is found out without sending a secret', async () => {
  await using gateway = await StandInGateway.start()
  expect(await probePort(gateway.port)).toBe('gateway')
  expect(gateway.connects).toEqual([])
  expect(await isPortFree(gateway.port)).toBe(false)
  const port = await freePort()
  expect(await probePort(port)).toBe('nobody')
  expect(await isPortFree(port)).toBe(true)
})
