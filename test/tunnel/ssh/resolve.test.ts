import { chmod, readFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { expect, test } from 'vitest'
import { destination, parseHop, parseJump } from '../../../src/tunnel/ssh/host.ts'
import { listHosts, resolveHost, resolveOurselves } from '../../../src/tunnel/ssh/resolve.ts'
import { sshHome } from '../../support/ssh-home.ts'

const signal = new AbortController().signal
const me = userInfo().username

/** What our own resolver makes of one configuration file. */
async function resolved(config: string, host = 'web', env: Record<string, string> = {}) {
  await using folder = await sshHome({ config })
  const found = await resolveOurselves({ host }, { home: folder.home, env, signal, systemFile: '/nonexistent' })
  return JSON.parse(JSON.stringify(found).replaceAll(folder.home, '/home/me'))
}

test('a host nobody configured is what OpenSSH takes it for', async () => {
  expect(await resolved('', 'Web.Example')).toEqual({
    typed: { host: 'Web.Example', user: me },
    ...{ alias: 'Web.Example', hostName: 'web.example', user: me, port: 22, addressFamily: 'any' },
    ...{ proxyJump: [], localForwards: [], certificateFiles: [], unevaluated: [] },
    identityFiles: ['id_rsa', 'id_ecdsa', 'id_ecdsa_sk', 'id_ed25519', 'id_ed25519_sk'].map(
      (id) => `/home/me/.ssh/${id}`,
    ),
    ...{ areIdentitiesNamed: false, identitiesOnly: false, forwardAgent: false },
    ...{ gssapi: false, pubkey: true, password: true, keyboardInteractive: true, passwordPrompts: 3, batchMode: false },
    knownHostsFiles: {
      user: ['/home/me/.ssh/known_hosts', '/home/me/.ssh/known_hosts2'],
      global: ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'],
    },
    ...{ strictHostKeyChecking: 'ask', hashKnownHosts: false, serverAliveCountMax: 3 },
  })
})

test.each<[string, string, object]>([
  ['the first value wins', 'Port 1\nHost web\nPort 2\nUser a\nHost *\nUser b\n', { port: 1, user: 'a' }],
  ['a negated pattern takes its block away', 'Host * !web\nUser a\nHost !db *\nUser b\n', { user: 'b' }],
  ['equals signs, quotes and comments', '  USER = "a.b" # c\nPort=7\n', { user: 'a.b', port: 7 }],
  ['the name is expanded', 'HostName %h.Example.com\n', { alias: 'web', hostName: 'web.example.com' }],
  ['Match host means what came of HostName', 'HostName real\nMatch host real\nUser a\n', { user: 'a' }],
  ['Match originalhost means what was asked for', 'HostName real\nMatch originalhost web\nUser a\n', { user: 'a' }],
  ['Match user sees the user set above it', 'User a\nMatch user a,!b\nPort 9\n', { port: 9 }],
  ['Match final looks again at the end', 'Match final host x\nPort 9\nHost web\nHostName x\n', { port: 9 }],
  [
    'keys add up, once each',
    'IdentityFile ~/.ssh/a\nIdentityFile none\nIdentityFile ~/.ssh/a\nIdentityFile /b/%h-%r\nUser u\n',
    {
      identityFiles: ['/home/me/.ssh/a', '/b/web-u'],
      areIdentitiesNamed: true,
    },
  ],
  [
    'jump hosts',
    'ProxyJump a,b@c:2222, [::1]:3\nProxyCommand nc\n',
    {
      proxyJump: [{ host: 'a' }, { host: 'c', user: 'b', port: 2222 }, { host: '::1', port: 3 }],
    },
  ],
  [
    'a command that came first keeps jump hosts out',
    'ProxyCommand nc %h %p # all\nProxyJump a\n',
    {
      proxyJump: [],
      proxyCommand: 'nc %h %p # all',
    },
  ],
  [
    'known_hosts files',
    'UserKnownHostsFile ~/a "/b c/%h"\nGlobalKnownHostsFile none\n',
    {
      knownHostsFiles: { user: ['/home/me/a', '/b c/web'], global: [] },
    },
  ],
  [
    'keepalive',
    'ServerAliveInterval 1m30s\nServerAliveCountMax 5\n',
    { serverAliveIntervalS: 90, serverAliveCountMax: 5 },
  ],
  [
    'forwards',
    'LocalForward 8080 db:5432\nLocalForward [::1]:1 [::2]:2\nLocalForward /l /t\n',
    {
      localForwards: [
        { listen: { port: 8080 }, target: { host: 'db', port: 5432 } },
        { listen: { host: '::1', port: 1 }, target: { host: '::2', port: 2 } },
        { listen: { path: '/l' }, target: { path: '/t' } },
      ],
    },
  ],
  [
    'algorithms as they are written',
    'Ciphers ^aes256-ctr\nHostKeyAlgorithms -ecdsa*\nMACs a,b\n',
    {
      ciphers: { mode: 'prepend', names: ['aes256-ctr'] },
      hostKeyAlgorithms: { mode: 'remove', names: ['ecdsa*'] },
      macs: { mode: 'only', names: ['a', 'b'] },
    },
  ],
  ['agent forwarding is seen', 'ForwardAgent yes\n', { forwardAgent: true }],
  ['an agent of its own', 'IdentityAgent ~/agent\n', { agentSocket: '/home/me/agent' }],
  [
    'keywords of other programs and later versions are left alone',
    'UseKeychain yes\nFuture a b c\nUser a\n',
    { user: 'a' },
  ],
])('%s', async (_what, config, facts) => {
  expect(await resolved(config)).toMatchObject(facts)
})

test.each<[string, string | undefined]>([
  ['', '/run/env.sock'],
  ['IdentityAgent none', undefined],
  ['IdentityAgent SSH_AUTH_SOCK', '/run/env.sock'],
  ['IdentityAgent $OTHER', '/run/other.sock'],
  ['IdentityAgent /run/${NAME}.sock', '/run/name.sock'],
])('with %j the agent is at %s', async (config, socket) => {
  const env = { SSH_AUTH_SOCK: '/run/env.sock', OTHER: '/run/other.sock', NAME: 'name' }
  expect((await resolved(`${config}\n`, 'web', env)).agentSocket).toBe(socket)
})

test('what the way says wins, and Match sees it', async () => {
  await using folder = await sshHome({
    config: 'User a\nPort 1\nProxyJump j\nIdentityFile /k\nMatch user me\nHostKeyAlias it\n',
  })
  const way = { host: 'web', user: 'me', port: 5, identity: '~/mine', jump: ['x', 'y@z:9'] }
  expect(await resolveOurselves(way, { home: folder.home, env: {}, signal })).toMatchObject({
    ...{ user: 'me', port: 5, hostKeyAlias: 'it', identityFiles: [`${folder.home}/mine`, '/k'] },
    proxyJump: [{ host: 'x' }, { host: 'z', user: 'y', port: 9 }],
  })
  expect((await resolveOurselves({ ...way, jump: [] }, { home: folder.home, env: {}, signal })).proxyJump).toEqual([])
})

test('Include reads in order, at its place, and where nothing applies it applies nothing', async () => {
  await using folder = await sshHome({
    config: 'Host db\nInclude never\nHost *\nInclude conf.d/*.conf ~/.ssh/last missing\nPort 9\n',
    never: 'Host web\nUser never\nMatch all\nUser never\n',
    'conf.d/2.conf': 'User two\nPort 2\n',
    'conf.d/1.conf': 'Host db\nUser db\nHost web\nUser one\nHost nobody\n',
    'conf.d/.3.conf': 'Port 3\n',
    last: 'HostKeyAlias last\n',
  })
  const found = await resolveOurselves({ host: 'web' }, { home: folder.home, env: {}, signal })
  expect(found).toMatchObject({ user: 'one', port: 2, hostKeyAlias: 'last' })
})

test('what Match would run is named and never run', async () => {
  const config =
    'Match host web exec "touch /tmp/never"\nUser a\nMatch host db exec x\nUser b\nMatch localnetwork 10.0.0.0/8\nUser c\n'
  const found = await resolved(config)
  expect(found).toMatchObject({
    user: me,
    unevaluated: ['Match exec (/home/me/.ssh/config line 1)', 'Match localnetwork (/home/me/.ssh/config line 5)'],
  })
  expect((await resolved('CanonicalizeHostname always\n')).unevaluated).toEqual(['CanonicalizeHostname'])
})

test.each([
  ['Host\n', 1, 'no argument after host'],
  ['User a\nPort "22\n', 2, 'a quote is not closed'],
  ['Port 0\n', 1, '"0" is not a port'],
  ['Host nobody\nPort x\n', 2, '"x" is not a port'],
  ['User a b\n', 1, 'there is more after "a" than belongs there'],
  ['StrictHostKeyChecking maybe\n', 1, '"maybe" is not known'],
  ['ServerAliveInterval soon\n', 1, '"soon" is not a time'],
  ['LocalForward 80\n', 1, '"80" is not a forward'],
  ['Match\n', 1, 'no argument after match'],
  ['Match host\n', 1, 'Match host needs a pattern'],
  ['Match colour red\n', 1, 'Match colour is not known'],
  ['Match host a all\n', 1, 'Match all stands alone, or after canonical or final'],
  ['UserKnownHostsFile none /a\n', 1, '"none" stands alone'],
  ['ProxyJump -oProxyCommand=x\n', 1, '"-oProxyCommand=x" is not a host name, address or alias'],
])('%j is refused with its line', async (config, line, problem) => {
  const refused = {
    code: 'ssh.config',
    message: `The SSH configuration cannot be used: /home/me/.ssh/config, line ${line}: ${problem}`,
  }
  const error = await resolved(config).catch((reason) => reason)
  expect({ code: error.code, message: error.message.replace(/\S+\/ssh-home-\w+/, '/home/me') }).toEqual(refused)
  expect(error.details).toMatchObject({ line })
})

test('files that include each other without end are refused', async () => {
  await using folder = await sshHome({ config: 'Include a\n', a: 'Include config\n' })
  await expect(resolveOurselves({ host: 'web' }, { home: folder.home, env: {}, signal })).rejects.toMatchObject({
    code: 'ssh.config',
    message: expect.stringContaining('too many files include each other'),
  })
})

test('a file other accounts may write to is refused, as OpenSSH does', async () => {
  await using folder = await sshHome({ config: 'Include more\n', more: 'User a\n' })
  await chmod(folder.path('more'), 0o620)
  await expect(resolveOurselves({ host: 'web' }, { home: folder.home, env: {}, signal })).rejects.toMatchObject({
    code: 'ssh.config',
    message: `The SSH configuration cannot be used: ${folder.path('more')}: other accounts may write to it`,
  })
})

test('a jump host that leads to itself is refused', async () => {
  await expect(resolved('ProxyJump jump\n', 'jump')).rejects.toMatchObject({
    message: expect.stringContaining('ProxyJump leads from jump to itself'),
  })
})

test('hosts for the import: named ones, through Include, without patterns and what no command should get', async () => {
  await using folder = await sshHome({
    config: 'Host web db w*\nInclude more\nHost !no * yes web\nMatch host m\nHost -oProxyCommand=x "a b" last\n',
    more: 'Host inner ?\n',
  })
  expect(await listHosts({ home: folder.home, env: {} })).toEqual(['web', 'db', 'inner', 'yes', 'last'])
})

/** A folder with an `ssh` that notes what it was asked and answers with `answer`. */
async function standInSsh(answer: string) {
  const folder = await sshHome({ ssh: `#!/bin/sh\nprintf '%s|' "$@" >>"$0.asked"; echo >>"$0.asked"\n${answer}` })
  await chmod(folder.path('ssh'), 0o700)
  return {
    ...folder,
    context: { home: userInfo().homedir, env: { PATH: `relative:${folder.home}/.ssh` }, signal },
    asked: () => readFile(folder.path('ssh.asked'), 'utf8'),
  }
}

test('TU6: with the home of this account the system is asked, in an argument list that cannot be misread', async () => {
  const defaults =
    'user root\nhostname web\nport 22\nserveraliveinterval 0\nidentityfile ~/.ssh/id_rsa\nciphers a,b\nglobalknownhostsfile /opt/etc/kh /opt/k h/2'
  const answer =
    'user me\nhostname Real\nport 2222\nserveraliveinterval 7\nidentityfile ~/.ssh/id_rsa\nciphers a,b\nglobalknownhostsfile /opt/etc/kh /opt/k h/2'
  await using ssh = await standInSsh(`[ "$3" = -F ] && echo "${defaults}" || echo "${answer}"\n`)
  const host = await resolveHost({ host: 'web', user: 'me', port: 2222 }, ssh.context)
  expect(host).toMatchObject({
    hostName: 'real',
    user: 'me',
    port: 2222,
    serverAliveIntervalS: 7,
    areIdentitiesNamed: false,
  })
  expect(host.ciphers).toBeUndefined()
  expect(host.knownHostsFiles.global).toEqual(['/opt/etc/kh', '/opt/k h/2'])
  expect((await ssh.asked()).trim().split('\n').toSorted()).toEqual([
    '-G|-T|-F|none|--|web|',
    '-G|-T|-l|me|-p|2222|--|web|',
  ])
})

test.each([
  [
    '/etc/ssh/ssh_config: line 3: Bad configuration option: x',
    '/etc/ssh/ssh_config, line 3: Bad configuration option: x',
  ],
  ['/h/.ssh/config line 12: Bad port 0.', '/h/.ssh/config, line 12: Bad port 0.'],
  ['Bad owner or permissions on /h/.ssh/config', '/h/.ssh/config: other accounts may write to it'],
  ['jumphost loop via a', '~/.ssh/config: jumphost loop via a'],
  ['', '~/.ssh/config: ssh -G ended with code 255'],
])('what ssh refuses with %j is told with its place', async (said, told) => {
  await using ssh = await standInSsh(`echo '${said}' >&2; exit 255\n`)
  await expect(resolveHost({ host: 'web' }, ssh.context)).rejects.toMatchObject({
    code: 'ssh.config',
    message: `The SSH configuration cannot be used: ${told}`,
  })
})

test('an ssh that is too old to be asked, and one that cannot be run', async () => {
  await using old = await standInSsh("echo 'unknown option -- G' >&2; exit 255\n")
  expect(await resolveHost({ host: 'web', user: 'me', port: 5 }, old.context)).toMatchObject({ user: 'me', port: 5 })
  await using broken = await standInSsh('kill -9 $$\n')
  await expect(resolveHost({ host: 'web' }, broken.context)).rejects.toMatchObject({
    code: 'ssh.config',
    message: expect.stringContaining('does not answer'),
  })
})

test('an attempt that is given up ends with its reason', async () => {
  await using ssh = await standInSsh('exec sleep 60\n')
  const giveUp = new AbortController()
  const attempt = resolveHost({ host: 'web' }, { ...ssh.context, signal: giveUp.signal })
  giveUp.abort(new Error('given up'))
  await expect(attempt).rejects.toThrow('given up')
})

const hostile = [
  '-oProxyCommand=touch /tmp/x',
  '-',
  'a b',
  'a\nb',
  'a\0b',
  '$(id)',
  '`id`',
  'a;b',
  "a'b",
  'a|b',
  'a&b',
  '',
  'é',
]

test.each(hostile)('TU7: the host %j is refused before anything runs', async (host) => {
  await using folder = await sshHome({ config: '' })
  const context = { home: folder.home, env: {}, signal }
  await expect(resolveHost({ host }, context)).rejects.toMatchObject({ code: 'usage.invalid' })
  await expect(resolveHost({ host: 'web', jump: [host] }, context)).rejects.toMatchObject({ code: 'usage.invalid' })
  expect(() => destination({ host })).toThrow('is not a host name, address or alias')
})

test.each(['-oProxyCommand=x', 'a b', 'a\nb', 'a\0b', '$(id)', '`id`', ''])(
  'TU7: the user %j is refused',
  async (user) => {
    await using folder = await sshHome({ config: '' })
    await expect(resolveHost({ host: 'web', user }, { home: folder.home, env: {}, signal })).rejects.toMatchObject({
      code: 'usage.invalid',
    })
    expect(() => parseHop(`${user}@web`)).toThrow('is not a user name')
  },
)

test.each(['HostName -oProxyCommand=x\n', 'HostName "a b"\n', 'User -x\n', 'User "a\tb"\n', 'HostName $(id)\n'])(
  'TU7: what %j would hand to a command is refused too',
  async (config) => {
    await expect(resolved(config)).rejects.toMatchObject({ code: 'usage.invalid' })
  },
)

test.each([0, -1, 65_536, 1.5, Number.NaN])('TU7: the port %s is refused', (port) => {
  expect(() => destination({ host: 'web', port })).toThrow('is not a port')
})

test('TU7: a command is told where to go after --, each part an argument of its own', () => {
  expect(destination({ host: 'web', user: 'me', port: 22 })).toEqual(['-l', 'me', '-p', '22', '--', 'web'])
  expect(destination({ host: '::1' })).toEqual(['--', '::1'])
})

test.each<[string, object[]]>([
  ['none', []],
  ['a', [{ host: 'a' }]],
  ['ssh://u@a.example:1/,b', [{ host: 'a.example', user: 'u', port: 1 }, { host: 'b' }]],
  ['u@r@[fe80::1%eth0]:9 # why', [{ host: 'fe80::1%eth0', user: 'u@r', port: 9 }]],
  ['::1', [{ host: '::1' }]],
])('jump hosts %j', (text, hops) => {
  expect(parseJump(text)).toEqual(hops)
})

test.each(['a:0', 'a:65536', 'a:b', '[::1', 'a,', '@a', 'a:1:2x'])('%j is no jump host', (text) => {
  expect(() => parseJump(text)).toThrow()
})
