/** Linux's socket tables as addresses; compared with a listener of our own where the system has such tables. */

import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { listenersOn } from '../../../src/server/audit/listeners.ts'

const heading = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
const row = (local: string, state: string, uid: number, inode: number) =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000 ${uid} 0 ${inode} 1 0000000000000000 100 0 0 10 0\n`

test('only listening sockets of that port count, with address, account and inode', () => {
  const table = `${heading}${row('0100007F:4965', '0A', 1000, 11)}${row('00000000:4965', '0A', 0, 12)}${row('0100007F:4965', '01', 1000, 13)}${row('0100007F:4966', '0A', 1000, 14)}`
  expect(listenersOn(18789, table)).toEqual([
    { address: '127.0.0.1', uid: 1000, inode: 11 },
    { address: '0.0.0.0', uid: 0, inode: 12 },
  ])
  expect(listenersOn(18789, '')).toEqual([])
})

test.each([
  ['00000000000000000000000001000000', '::1'],
  ['00000000000000000000000000000000', '::'],
  ['B80D0120000000000000000001000000', '2001:db8:0:0:0:0:0:1'],
])('%s is %s', (hex, address) => {
  expect(listenersOn(18789, `${heading}${row(`${hex}:4965`, '0A', 1, 2)}`)[0]?.address).toBe(address)
})

test('a listener of this process is found in the real table', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const tables = existsSync('/proc/net/tcp') ? listenersOn(port, readFileSync('/proc/net/tcp', 'utf8')) : undefined
  server.close()
  expect(tables ?? [{ address: '127.0.0.1' }]).toMatchObject([{ address: '127.0.0.1' }])
})
