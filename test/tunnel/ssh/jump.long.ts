import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openTunnel } from '../../../src/tunnel/open.ts'
import type { TunnelContext } from '../../../src/tunnel/tunnel.ts'
import { read } from '../../contract/tunnel.ts'
import { startEcho } from '../../support/echo.ts'
import { machineRow } from '../../support/netns.ts'
import { scriptedPrompts } from '../../support/scripted-prompts.ts'
import { makeKey, type Sshd, startSshd } from '../../support/sshd.ts'
import { tunnelContext } from '../../support/tunnel-context.ts'

const within = () => AbortSignal.timeout(10_000)

/** Two SSH servers, in machines of their own where that is allowed, and the configuration that leads over the first. */
async function twoServers(machines: readonly { name: string; address: string }[] = []) {
  const [near, far] = machines
  const jump = await startSshd(near ? { netns: near } : {})
  const target = await startSshd({ home: jump.home, ...(far ? { netns: far } : {}) })
  const host = (alias: string, sshd: Sshd, more = '') =>
    `Host ${alias}\n HostName ${sshd.address}\n Port ${sshd.port}\n ${more}\n`
  const configure = (more: string) =>
    jump.configure(`${host('jump', jump)}${host('vps', target, `ProxyJump jump\n ${more}`)}`)
  configure('')
  return { jump, target, configure, home: jump.home }
}

test('over a jump host to a machine that is out of reach from here, each with its own key and login', async () => {
  using row = machineRow(2)
  const { jump, target, home } = await twoServers(row?.machines)
  await using _jump = jump
  await using _target = target
  const events: string[] = []
  const onLayer: TunnelContext['onLayer'] = ({ layer, state, detail }) => {
    if (state === 'up') events.push(`${layer} ${detail}`)
  }
  const gatewayPort = target.port // an SSH server greets whoever comes, as a gateway does
  await using tunnel = await openTunnel(
    { kind: 'ssh', host: 'vps', gatewayPort, engine: 'ssh2' },
    tunnelContext({ home, onLayer }),
  )
  expect(tunnel.route).toBe('ssh2 › jump › vps')
  expect(events).toEqual([
    ...['tcp via jump', 'ssh via jump', 'auth via jump'],
    ...['tcp via jump', 'ssh ssh-ed25519', 'auth publickey'],
  ])
  expect(target.log()).toContain(`from ${row ? target.address.replace(/2$/, '1') : '127.0.0.1'} `) // the jump host's own end
  process.kill(jump.sessions()[0] ?? 0, 'SIGKILL')
  expect(await tunnel.closed).toMatchObject({ code: 'ssh.lost', message: expect.stringContaining('jump') })
})

test('three servers in a row carry a stream, and end together', async () => {
  await using echo = await startEcho()
  const { jump, target, home } = await twoServers()
  await using _jump = jump
  await using _target = target
  await using third = await startSshd({ home })
  const jumpList = [`127.0.0.1:${jump.port}`, `127.0.0.1:${target.port}`]
  const way = third.way({ jump: jumpList, gatewayPort: echo.port, engine: 'ssh2' })
  {
    await using tunnel = await openTunnel(way, tunnelContext({ home }))
    const stream = await tunnel.dial(within())
    stream.write('hello')
    expect(String(await read(stream, 5))).toBe('hello')
    for (const sshd of [jump, target, third]) expect(sshd.sessions().length).toBeGreaterThan(0)
  }
  for (const sshd of [jump, target, third]) {
    while (sshd.sessions().length > 0) await new Promise(setImmediate)
  }
})

test('faults name the machine they are about', async () => {
  const { jump, target, configure, home } = await twoServers()
  await using _jump = jump
  await using _target = target
  const open = (parts: Partial<TunnelContext> = {}) =>
    openTunnel({ kind: 'ssh', host: 'vps', engine: 'ssh2' }, tunnelContext({ home, ...parts }))
  const known = join(home, '.ssh/known_hosts')
  const lines = readFileSync(known, 'utf8')

  jump.configure(
    `Host jump\n HostName 127.0.0.1\n Port ${jump.port}\nHost vps\n HostName 127.0.0.1\n Port 1\n ProxyJump jump\n`,
  )
  await expect(open()).rejects.toMatchObject({
    code: 'ssh.refused',
    message: expect.stringContaining('as seen from jump'),
  })
  configure('')
  writeFileSync(known, `[127.0.0.1]:${jump.port} ${makeKey(join(home, 'other'))}\n`)
  await expect(open()).rejects.toMatchObject({
    code: 'ssh.host-key-changed',
    message: expect.stringContaining('of jump'),
  })
  writeFileSync(known, lines.split('\n')[0] ?? '')
  const person = scriptedPrompts({})
  await expect(open({ prompts: person })).rejects.toMatchObject({
    code: 'ssh.host-key-unknown',
    message: expect.stringContaining('of vps'),
  })
  expect(person.asked).toHaveLength(1)
  writeFileSync(known, lines)
  target.authorize()
  await expect(open()).rejects.toMatchObject({ code: 'ssh.unauthorized', message: expect.stringContaining('vps') })
  while (jump.sessions().length > 0) await new Promise(setImmediate) // nothing stays behind
})
