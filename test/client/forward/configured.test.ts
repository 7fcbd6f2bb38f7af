import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { configuredForwards } from '../../../src/client/forward/configured.ts'
import { Home } from '../support.ts'

const config = `
Host vps
  LocalForward 18800 127.0.0.1:18789
  LocalForward 8080 web.internal:80
  LocalForward 127.0.0.1:5432 db:5432
  LocalForward 0.0.0.0:9999 db:1
  LocalForward 9001 /run/app.sock
  LocalForward /tmp/x.sock db:2
`

test('LocalForward lines on loopback become forwards; the one that leads to the gateway gives its port', async () => {
  await using home = await Home.make()
  await mkdir(join(home.dir, '.ssh'))
  await writeFile(join(home.dir, '.ssh/config'), config)
  const context = { env: { PATH: process.env.PATH }, home: home.dir, signal: AbortSignal.timeout(10_000) }
  expect(await configuredForwards([{ kind: 'ssh', host: 'vps' }], context)).toEqual({
    gateway: 18_800,
    further: [
      { port: 8080, to: { host: 'web.internal', port: 80 } },
      { port: 5432, to: { host: 'db', port: 5432 } },
      { port: 9001, to: { path: '/run/app.sock' } },
    ],
  })
  const none = { gateway: undefined, further: [] }
  expect(await configuredForwards([{ kind: 'ssh', host: 'other' }], context)).toEqual(none)
  expect(await configuredForwards([{ kind: 'direct', url: 'ws://127.0.0.1:1' }], context)).toEqual(none)
})
