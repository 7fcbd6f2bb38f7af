import { expect, test } from 'vitest'
import { accountOf, listenersIn, parseLsof, programName } from '../../../src/client/ports/listeners.ts'

const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'
const line = (local: string, state: string, uid: number, inode: number) =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000 ${uid}        0 ${inode} 1 0000 100 0 0 10 0`
const port = 18_789 // 0x4965

test.each([
  ['127.0.0.1', '0100007F:4965'],
  ['127.3.2.1', '0102037F:4965'],
  ['every address', '00000000:4965'],
  ['::1', '00000000000000000000000001000000:4965'],
  ['every IPv6 address', '00000000000000000000000000000000:4965'],
  ['127.0.0.1 mapped into IPv6', '0000000000000000FFFF00000100007F:4965'],
])('a listener at %s takes the port on loopback', (_where, local) => {
  expect(listenersIn(`${head}\n${line(local, '0A', 1000, 71_125)}\n`, port)).toEqual([{ inode: 71_125, uid: 1000 }])
})

test.each([
  ['another port', '0100007F:4966', '0A'],
  ['a connection, not a listener', '0100007F:4965', '01'],
  ['10.0.0.127', '7F00000A:4965', '0A'],
  ['an address of a network', '0501A8C0:4965', '0A'],
  ['an IPv6 address of a network', 'B80D01200000000000000000017F0000:4965', '0A'],
])('%s does not', (_what, local, state) => {
  expect(listenersIn(`${head}\n${line(local, state, 0, 1)}\n`, port)).toEqual([])
})

test('an empty or unreadable table has nobody in it', () => {
  expect(listenersIn('', port)).toEqual([])
  expect(listenersIn(head, port)).toEqual([])
})

test('lsof tells processes one fact a line', () => {
  const output = 'p5241\ncnode\nu501\nf21\np77\ncnginx: master\nu0\nf6\nf7\n'
  expect(parseLsof(output)).toEqual([
    { pid: 5241, program: 'node', uid: 501 },
    { pid: 77, program: 'nginx: master', uid: 0 },
  ])
  expect(parseLsof('')).toEqual([])
})

test.each([
  [['/usr/bin/node', '--enable-source-maps', '/opt/clawdbot/clawdbot.js', 'tunnel', 'up'], 'node clawdbot.js'],
  [['python3.12', 'server.py', '--password', 'hunter2'], 'python3.12 server.py'],
  [['/usr/sbin/nginx', '-g', 'daemon off;'], 'nginx'],
  [['node'], 'node'],
  [['node', '-e', 'serve("hunter2")'], 'node'],
  [['bash', '-lc', 'TOKEN=hunter2 serve'], 'bash'],
  [['node', '--eval=serve()', 'hunter2'], 'node'],
  [['java', '-jar', '/opt/service.jar'], 'java service.jar'],
  [['ssh', '-N', '-L', '18789:127.0.0.1:18789', 'vps'], 'ssh'],
])('%j is called %s, its arguments are nobody’s business', (argv, name) => {
  expect(programName(argv)).toBe(name)
})

test('an account is found by its number', () => {
  const passwd = 'root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n'
  expect(accountOf(1000, passwd)).toBe('ann')
  expect(accountOf(10, passwd)).toBe(undefined)
})
