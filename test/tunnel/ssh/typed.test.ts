import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { noPrompts } from '../../../src/tunnel/prompts.ts'
import { loginFault } from '../../../src/tunnel/ssh/auth-fault.ts'
import { accountOf, gatewayFault } from '../../../src/tunnel/ssh/faults.ts'
import { hopText, parseHop } from '../../../src/tunnel/ssh/host.ts'
import { unknownKey } from '../../../src/tunnel/ssh/key-faults.ts'
import { type HostWay, resolveOurselves } from '../../../src/tunnel/ssh/resolve.ts'
import { resolveRoute } from '../../../src/tunnel/ssh/route.ts'
import { systemFault } from '../../../src/tunnel/ssh/system-log.ts'
import { copyIdCommand, setupCommand, sshCommand } from '../../../src/tunnel/ssh/typed.ts'
import { sshHome } from '../../support/ssh-home.ts'

async function hostOf(way: HostWay, config = '') {
  await using home = await sshHome({ config })
  const context = { home: home.home, env: {}, signal: AbortSignal.timeout(5000), systemFile: '/nowhere' }
  return await resolveOurselves(way, context)
}

/** What ssh itself takes this command line for. */
function understood(command: string): Record<string, string> {
  const text = execFileSync('sh', ['-c', command.replace(/^ssh /, 'ssh -F none -G ')], {
    encoding: 'utf8',
    stdio: 'pipe',
  })
  const pairs = text.split('\n').map((line) => line.split(/ (.*)/, 2))
  return Object.fromEntries(pairs)
}

test('what is typed by hand names the port the way names, and none that the configuration has', async () => {
  const named = await hostOf({ host: '127.0.0.1', user: 'root', port: 41_322 })
  expect(sshCommand(named.typed, ['clawdbot', 'gateway', 'start'])).toBe(
    'ssh -p 41322 root@127.0.0.1 clawdbot gateway start',
  )
  expect(setupCommand(named.typed)).toBe('clawdbot ssh setup root@127.0.0.1:41322')
  expect(accountOf(named)).toBe('root@127.0.0.1:41322')
  const alias = await hostOf({ host: 'vps' }, 'Host vps\nPort 2222\nUser deploy\n')
  expect(sshCommand(alias.typed)).toBe('ssh deploy@vps')
  expect(setupCommand(alias.typed)).toBe('clawdbot ssh setup deploy@vps')
})

test('key and servers on the way come along; setup takes those only from the configuration, so ssh-copy-id stands in', async () => {
  const way = { host: 'vps', user: 'me', port: 2222, identity: '/k/my key', jump: ['a', 'b@[::1]:22'] }
  const { typed } = await hostOf(way)
  expect(sshCommand(typed, ['true'])).toBe("ssh -i '/k/my key' -J 'a,b@[::1]:22' -p 2222 me@vps true")
  expect(setupCommand(typed)).toBe("ssh-copy-id -i '/k/my key' -o 'ProxyJump=a,b@[::1]:22' -p 2222 me@vps")
  expect(setupCommand({ ...typed, jump: [] })).toBe("clawdbot ssh setup me@vps:2222 --identity '/k/my key'")
  expect(copyIdCommand({ host: '::1' })).toBe('ssh-copy-id ::1')
})

test('ssh and setup read it back as what was meant, IPv6 and strange accounts too', () => {
  const typed = { user: 'CORP\\me', host: '::1', port: 2222, jump: [hopText({ host: '::2' })] }
  expect(understood(sshCommand(typed))).toMatchObject({
    ...{ hostname: '::1', port: '2222', user: 'CORP\\me', proxyjump: '[::2]' },
  })
  const [, word = ''] = /^clawdbot ssh setup '(.*)'$/.exec(setupCommand({ ...typed, jump: undefined })) ?? []
  expect(parseHop(word)).toEqual({ user: 'CORP\\me', host: '::1', port: 2222 })
})

test('a server behind others is reached by hand over them', async () => {
  await using home = await sshHome({ config: 'Host vps\nProxyJump a,me@b:2200\n' })
  const context = { home: home.home, env: {}, signal: AbortSignal.timeout(10_000) }
  const route = await resolveRoute({ kind: 'ssh', host: 'vps', user: 'u' }, context)
  const [first, second, last] = route.map(({ typed }) => sshCommand({ ...typed, user: undefined }))
  expect([first, second, last]).toEqual(['ssh a', 'ssh -J a -p 2200 b', 'ssh vps'])
})

test('every remedy that says what to type has the port', async () => {
  const host = await hostOf({ host: 'vps', user: 'me', port: 2222 })
  const facts = { offered: [], withheld: 0, asked: [], methods: ['publickey'], problems: [] }
  const system = (line: string) => systemFault({ host, gateway: { port: 1 }, known: [] }, [line])
  const remedies = [
    gatewayFault(host, { port: 1 }, { reason: 2, message: 'Connection refused' }),
    unknownKey(host, 'ssh-ed25519 SHA256:x'),
    loginFault(host, facts),
    loginFault(host, { ...facts, offered: ['k'] }),
    system('me@vps: Permission denied (publickey).'),
    system('Host key verification failed.'),
    await noPrompts
      .password({ kind: 'password', account: accountOf(host), attempt: 1 }, AbortSignal.timeout(1000))
      .catch((error) => error),
  ].map(({ remedy }) => remedy)
  expect(remedies).toEqual([
    'Start it there: ssh -p 2222 me@vps clawdbot gateway start',
    expect.stringMatching(/or run: ssh -p 2222 me@vps$/),
    expect.stringMatching(/: clawdbot ssh setup me@vps:2222$/),
    expect.stringMatching(/: clawdbot ssh setup me@vps:2222$/),
    expect.stringMatching(/: ssh -p 2222 me@vps true$/),
    expect.stringMatching(/or run: ssh -p 2222 me@vps$/),
    'Let a key stand for it: clawdbot ssh setup me@vps:2222',
  ])
})
