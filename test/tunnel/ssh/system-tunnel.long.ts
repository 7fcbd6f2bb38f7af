import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openTunnel } from '../../../src/tunnel/open.ts'
import type { Prompts } from '../../../src/tunnel/prompts.ts'
import type { Tunnel, TunnelContext } from '../../../src/tunnel/tunnel.ts'
import type { SshWay } from '../../../src/tunnel/way.ts'
import { read } from '../../contract/tunnel.ts'
import { startEcho, startTcp } from '../../support/echo.ts'
import { requireProgram } from '../../support/programs.ts'
import { scriptedPrompts } from '../../support/scripted-prompts.ts'
import { startAgent } from '../../support/ssh-agent.ts'
import { descendants, makeKey, type Sshd, startSshd } from '../../support/sshd.ts'
import { tunnelContext } from '../../support/tunnel-context.ts'

const within = () => AbortSignal.timeout(10_000)
const env = { PATH: process.env.PATH }

function open(
  server: Pick<Sshd, 'home' | 'way'>,
  way: Partial<SshWay> = {},
  environment: TunnelContext['env'] = env,
): Promise<Tunnel> {
  return openTunnel(server.way(way), tunnelContext({ home: server.home, env: environment }))
}

async function isThrough(tunnel: Tunnel): Promise<boolean> {
  const stream = await tunnel.dial(within())
  stream.write('hello')
  return String(await read(stream, 5)) === 'hello'
}

test('TU17: a server that takes only post-quantum key exchange is reached with the system’s ssh, named as such', async () => {
  await using echo = await startEcho()
  await using sshd = await startSshd({ settings: ['KexAlgorithms sntrup761x25519-sha512@openssh.com'] })
  await using tunnel = await open(sshd, { gatewayPort: echo.port })
  expect(tunnel.route).toBe('ssh -W › 127.0.0.1')
  expect(await isThrough(tunnel)).toBe(true)
  const reason = { code: 'ssh.unsupported', message: expect.stringContaining('key exchange') }
  await expect(open(sshd, { engine: 'ssh2' })).rejects.toMatchObject(reason)
  await expect(open(sshd, {}, { PATH: '/nowhere' })).rejects.toMatchObject({
    ...reason,
    remedy: expect.stringContaining('Install OpenSSH'),
  })
})

test('TU17: a ProxyCommand and a user certificate are its business too', async () => {
  await using echo = await startEcho()
  await using sshd = await startSshd()
  sshd.configure(
    `Host vps\n HostName 127.0.0.1\n ProxyCommand ${process.execPath} -e "const s=require('net').connect(${sshd.port},'127.0.0.1');process.stdin.pipe(s).pipe(process.stdout)"\n`,
  )
  await using proxied = await open(sshd, { host: 'vps', gatewayPort: echo.port })
  expect(proxied.route).toBe('ssh -W › vps')
  expect(await isThrough(proxied)).toBe(true)

  const key = join(sshd.home, '.ssh/id_ed25519')
  const authority = join(sshd.home, 'authority')
  const principal = sshd.user
  sshd.authorize(`cert-authority ${makeKey(authority)}`)
  execFileSync(requireProgram('ssh-keygen'), ['-q', '-s', authority, '-I', 'me', '-n', principal, `${key}.pub`])
  sshd.configure('')
  await using certified = await open(sshd, { gatewayPort: echo.port })
  expect(certified.route).toBe('ssh -W › 127.0.0.1')
  expect(await isThrough(certified)).toBe(true)
  await expect(open(sshd, { engine: 'ssh2' })).rejects.toMatchObject({
    code: 'ssh.unsupported',
    message: expect.stringContaining('id_ed25519-cert.pub'),
  })
})

test('TU17: so is a certificate that only the agent holds, once ssh2 was refused', async () => {
  await using echo = await startEcho()
  await using sshd = await startSshd()
  const key = join(sshd.home, '.ssh/id_ed25519')
  const authority = join(sshd.home, 'authority')
  sshd.authorize(`cert-authority ${makeKey(authority)}`)
  execFileSync(requireProgram('ssh-keygen'), ['-q', '-s', authority, '-I', 'me', '-n', sshd.user, `${key}.pub`])
  await using agent = await startAgent(sshd.home, [key])
  for (const path of [key, `${key}.pub`, `${key}-cert.pub`]) rmSync(path)
  await using tunnel = await open(sshd, { gatewayPort: echo.port }, { ...env, SSH_AUTH_SOCK: agent.socket })
  expect(tunnel.route).toBe('ssh -W › 127.0.0.1')
  expect(await isThrough(tunnel)).toBe(true)
})

test('what a gateway says before it ends is read to its end, however late', async () => {
  await using brief = await startTcp((socket) => socket.once('data', () => socket.end('x'.repeat(40_000))))
  await using sshd = await startSshd()
  await using tunnel = await open(sshd, { engine: 'system', gatewayPort: brief.port })
  const stream = await tunnel.dial(within())
  stream.write('speak')
  await once(stream, 'readable')
  while (descendants(process.pid).some((pid) => commandOf(pid).includes(`127.0.0.1:${brief.port}`))) {
    await new Promise(setImmediate) // until its process has ended
  }
  let length = 0
  for await (const piece of stream) length += piece.length
  expect(length).toBe(40_000)
})

test('TU18: it starts no process that outlives the tunnel, nor this program when that is killed', async () => {
  await using echo = await startEcho()
  await using sshd = await startSshd()
  const ours = () => descendants(process.pid).filter((pid) => commandOf(pid).includes(`\x00127.0.0.1:${echo.port}\x00`))
  {
    await using tunnel = await open(sshd, { engine: 'system', gatewayPort: echo.port })
    expect(await isThrough(tunnel)).toBe(true)
    expect(ours()).toHaveLength(1)
  }
  while (ours().length > 0) await new Promise(setImmediate)

  const program = `
    const { openTunnel } = await import(${JSON.stringify(join(import.meta.dirname, '../../../src/tunnel/open.ts'))})
    const { tunnelContext } = await import(${JSON.stringify(join(import.meta.dirname, '../../support/tunnel-context.ts'))})
    const way = ${JSON.stringify(sshd.way({ engine: 'system', gatewayPort: echo.port }))}
    const tunnel = await openTunnel(way, tunnelContext({ home: ${JSON.stringify(sshd.home)}, env: process.env }))
    globalThis.stream = await tunnel.dial(AbortSignal.timeout(10_000))
    console.log('up')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  const [ssh = 0] = ours()
  expect(ssh).toBeGreaterThan(0)
  child.kill('SIGKILL')
  await once(child, 'exit')
  while (commandOf(ssh) !== '') await new Promise((resolve) => setTimeout(resolve, 10))
})

test('TU20: what ssh says when it fails becomes the same faults', async () => {
  await using sshd = await startSshd({ settings: ['PermitOpen 127.0.0.1:1'] })
  const system = (way: Partial<SshWay> = {}) => open(sshd, { engine: 'system', ...way })
  const known = join(sshd.home, '.ssh/known_hosts')
  await using absent = await system({ gatewayPort: 1 })
  await expect(absent.dial(within())).rejects.toMatchObject({ code: 'ssh.gateway-down' })
  await using forbidden = await system({ gatewayPort: 2 })
  await expect(forbidden.dial(within())).rejects.toMatchObject({ code: 'ssh.forwarding-denied' })
  await expect(system({ host: 'no-such-host.invalid' })).rejects.toMatchObject({
    code: 'ssh.unreachable',
    details: { layer: 'dns' },
  })
  await expect(system({ port: 1 })).rejects.toMatchObject({ code: 'ssh.refused' })
  await expect(system({ gatewaySocket: '/run/gw.sock' })).rejects.toMatchObject({
    code: 'ssh.unsupported',
    remedy: expect.stringContaining('9.4'),
  })

  writeFileSync(known, `\n[127.0.0.1]:${sshd.port} ${makeKey(join(sshd.home, 'other'))}\n`)
  await expect(system()).rejects.toMatchObject({ code: 'ssh.host-key-changed', details: { file: known, line: 2 } })
  writeFileSync(known, `@revoked * ${sshd.hostKeys[0]}\n`)
  await expect(system()).rejects.toMatchObject({ code: 'ssh.host-key-revoked', details: { file: known, line: 1 } })
  rmSync(known)
  await expect(system()).rejects.toMatchObject({ code: 'ssh.needs-user', message: expect.stringContaining('SHA256:') })
  writeFileSync(known, `[127.0.0.1]:${sshd.port} ${sshd.hostKeys[0]}\n`)
  sshd.authorize()
  await expect(system()).rejects.toMatchObject({
    code: 'ssh.unauthorized',
    message: expect.stringContaining('it takes publickey'),
  })
})

test('TU1, TU15: it asks the person through us: host key, passphrase, and what was wrong once more', async () => {
  await using echo = await startEcho()
  await using sshd = await startSshd({ config: 'Host *\nHashKnownHosts no\n' })
  const [key, known] = [join(sshd.home, '.ssh/id_ed25519'), join(sshd.home, '.ssh/known_hosts')]
  rmSync(key)
  sshd.authorize(makeKey(key, 'ed25519', "it's a secret"))
  rmSync(known)
  const through = (prompts: Prompts) => {
    const way = sshd.way({ engine: 'system', gatewayPort: echo.port })
    return openTunnel(way, tunnelContext({ home: sshd.home, env, prompts }))
  }
  const refusing = scriptedPrompts({ trust: [false] })
  await expect(through(refusing)).rejects.toMatchObject({ code: 'ssh.host-key-unknown' })
  const person = scriptedPrompts({ trust: [true], passphrases: ['wrong', "it's a secret"] })
  await using tunnel = await through(person)
  expect(await isThrough(tunnel)).toBe(true)
  expect(await isThrough(tunnel)).toBe(true) // a second ssh, which needs the passphrase again, and nobody is asked
  expect(person.asked).toEqual([
    {
      ...{ kind: 'host-key', host: `[127.0.0.1]:${sshd.port}`, keyType: 'ssh-ed25519', knownHostsPath: known },
      fingerprint: expect.stringMatching(/^SHA256:.{43}$/),
    },
    { kind: 'passphrase', keyPath: key, attempt: 1 },
    { kind: 'passphrase', keyPath: key, attempt: 2 },
  ])
  expect(readFileSync(known, 'utf8')).toContain(sshd.hostKeys[0])
  await expect(open(sshd, { engine: 'system' })).rejects.toMatchObject({ code: 'ssh.needs-user' })
})

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
