import { execFile } from 'node:child_process'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { openDirect } from '../../../src/tunnel/direct.ts'
import { forwardGateway } from '../../../src/tunnel/forward/gateway-forward.ts'
import { startTestGateway } from '../../support/gateway.ts'
import { requireProgram } from '../../support/programs.ts'

test('a browser opens the page of a gateway at another local port', async () => {
  await using gateway = await startTestGateway()
  const tunnel = openDirect({ kind: 'direct', url: gateway.url })
  const dial = async (signal: AbortSignal) => ({ stream: await tunnel.dial(signal), url: tunnel.url })
  await using forward = await forwardGateway({ port: 0, dial })
  await using folder = await mkdtempDisposable(join(tmpdir(), 'clawdbot-forward-'))
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', `--user-data-dir=${folder.path}/data`, '--dump-dom']
  const { stdout } = await promisify(execFile)(
    requireProgram('chromium'),
    [...flags, `http://localhost:${forward.port}/`],
    { timeout: 60_000, env: { ...process.env, HOME: folder.path } },
  )
  expect(stdout).toMatch(/<title>[^<]*Clawdbot/i)
})
