import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { askLsof, holderName, nextFreePort, portHolder } from '../../../src/client/ports/holder.ts'
import { programsOf } from '../../../src/client/system-programs.ts'

const ask = programsOf({ PATH: process.env.PATH })

test('nobody is named where nobody listens, or where the system does not tell', async () => {
  const closed = createServer().listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const { port } = closed.address() as { port: number }
  closed.close()
  await once(closed, 'close')
  expect(await portHolder(port, ask)).toBe(undefined)
  expect(await askLsof(port, programsOf({ PATH: '/nonexistent' }))).toBe(undefined)
  expect(holderName(undefined)).toBe('another program')
  expect(holderName({ pid: undefined, program: undefined, account: 'root' })).toBe('a program of the account root')
  expect(holderName({ pid: 1, program: 'nginx', account: 'root' })).toBe('nginx (process 1) of the account root')
})

test('the next free port leaves out what is held and what is spoken for', async () => {
  const held = createServer().listen(0, '127.0.0.1')
  await once(held, 'listening')
  const { port } = held.address() as { port: number }
  const free = await nextFreePort(port - 1)
  expect(free).toBeGreaterThan(port)
  expect(await nextFreePort(port - 1, [free ?? 0])).toBeGreaterThan(free ?? 0)
  expect(await nextFreePort(65_535)).toBe(undefined)
  held.close()
})
