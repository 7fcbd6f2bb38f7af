import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { peerUid, uidInTable } from '../../../../src/server/gateway/admission/peer-uid.ts'

/** Two ends of one connection, a listener, and a stranger; as the kernel prints them. */
const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:4965 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 21 1 0 100 0 0 10 0
   1: 0100007F:4965 0100007F:C001 01 00000000:00000000 00:00000000 00000000  1000        0 22 1 0 20 4 30 10 -1
   2: 0100007F:C001 0100007F:4965 01 00000000:00000000 00:00000000 00000000   998        0 23 1 0 20 4 30 10 -1
   3: 0100007F:C001 0200007F:4965 01 00000000:00000000 00:00000000 00000000     0        0 24 1 0 20 4 30 10 -1`

test('TS4: the account of the far end is found by both ports, never taken from our own end or another connection', () => {
  expect(uidInTable(table, { remotePort: 0xc001, localPort: 0x4965 })).toBe(998)
  expect(uidInTable(table, { remotePort: 0xc002, localPort: 0x4965 })).toBeUndefined()
  expect(uidInTable(table, { remotePort: 0xc001, localPort: 0x4966 })).toBeUndefined()
  expect(uidInTable('', {})).toBeUndefined()
})

test('TS4: a real connection of this process is its own account’s; one that is gone is nobody’s; other systems do not tell', async () => {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const client = connect(port, '127.0.0.1')
  const [accepted] = (await once(server, 'connection')) as [Socket]
  const own = process.platform === 'linux' ? process.getuid?.() : undefined
  expect(peerUid(accepted)).toBe(own)
  expect(peerUid({ remotePort: 1, localPort: port })).toBe(process.platform === 'linux' ? -1 : undefined)
  expect(peerUid(accepted, 'darwin')).toBeUndefined()
  client.destroy()
  accepted.destroy()
  server.close()
})
