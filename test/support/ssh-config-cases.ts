/** Generated ssh_config files, with everything in them that our resolver claims to understand. */

import { Dice } from './dice.ts'

export type ConfigCase = {
  /** The host that is asked for. */
  readonly host: string
  readonly user: string | undefined
  /** Path below the home's `.ssh` → text. */
  readonly own: Readonly<Record<string, string>>
  /** Path below `/etc/ssh` → text. */
  readonly system: Readonly<Record<string, string>>
}

const hosts = [
  'web',
  'Web',
  'db',
  'db2',
  'jump-1',
  'a.example.com',
  'A.Example.com',
  'b.example.org',
  '10.0.0.5',
  '::1',
]
const patterns = [
  ...hosts,
  '*',
  'w*',
  '?eb',
  '*.example.com',
  '*.com',
  '10.0.*',
  '*-?',
  'd*',
  '*b*2',
  'nobody',
  '**',
  '::*',
]
const users = ['root', 'deploy', 'ops-2', 'a.b', 'nobody']

/** The same seed gives the same case. Without `hasFolders` it is one file. */
export function configCase(seed: number, hasFolders: boolean): ConfigCase {
  const dice = new Dice(seed)
  const extra = hasFolders && dice.chance(0.4)
  const own: Record<string, string> = { config: file(dice, extra ? ownIncludes : []) }
  if (extra) {
    own['conf.d/10-a.conf'] = file(dice, dice.chance(0.3) ? ['Include conf.d/deep/*'] : [])
    own['conf.d/20-b.conf'] = file(dice, [])
    own['conf.d/.hidden.conf'] = 'User hidden\n'
    own['conf.d/deep/one'] = file(dice, [])
    own['more/x1'] = file(dice, [])
  }
  const system: Record<string, string> = {}
  if (hasFolders) system.ssh_config = file(dice, extra ? ['Include ssh_config.d/*.conf'] : [])
  if (extra) system['ssh_config.d/50.conf'] = file(dice, [])
  return { host: dice.pick(hosts), user: dice.chance(0.2) ? dice.pick(users) : undefined, own, system }
}

const ownIncludes = [
  'Include conf.d/*.conf',
  'Include ~/.ssh/conf.d/*',
  'Include more/x? nothing/*.conf',
  'Include "more/x1"',
  'include=conf.d/[0-1]0-*.conf',
  'Include conf.d/[!2]*.conf more/*',
  'Include missing',
]

function file(dice: Dice, includes: readonly string[]): string {
  const settings = () =>
    dice.times(0, 4, () => (includes.length > 0 && dice.chance(0.2) ? dice.pick(includes) : setting(dice)))
  const lines = settings()
  for (const head of dice.times(0, 5, () => heading(dice))) lines.push(head, ...settings())
  if (includes.length > 0 && dice.chance(0.5)) lines.splice(dice.upTo(lines.length + 1), 0, dice.pick(includes))
  const end = dice.chance(0.1) ? '\r\n' : '\n'
  return lines.map((line) => dress(dice, line)).join(end) + (dice.chance(0.9) ? end : '')
}

function heading(dice: Dice): string {
  if (dice.chance(0.6))
    return `Host ${dice.times(1, 3, () => `${dice.chance(0.2) ? '!' : ''}${dice.pick(patterns)}`).join(' ')}`
  const criteria = dice.times(1, 3, () => criterion(dice))
  if (dice.chance(0.1)) return dice.pick(['Match all', 'Match final all', 'Match !all', 'Match canonical all'])
  return `Match ${criteria.join(' ')}`
}

function criterion(dice: Dice): string {
  const not = dice.chance(0.15) ? '!' : ''
  const list = (from: readonly string[]) =>
    dice.times(1, 3, () => `${dice.chance(0.2) ? '!' : ''}${dice.pick(from)}`).join(',')
  const quote = dice.chance(0.2) ? '"' : ''
  const of = (name: string, from: readonly string[]) => `${not}${name} ${quote}${list(from)}${quote}`
  return dice.pick([
    () => of('host', patterns),
    () => of('Host', [...patterns, 'real.example.net', '*.net']),
    () => of('originalhost', patterns),
    () => of('user', [...users, '*o*']),
    () => of('localuser', ['root', 'r*', 'other', '*']),
    () => `${not}final`,
    () => `${not}canonical`,
  ])()
}

type Maker = (dice: Dice) => string
const from =
  (...values: string[]): Maker =>
  (dice) =>
    dice.pick(values)
const flag = from('yes', 'no', 'true', 'False', 'YES')
const path = from(
  '~/.ssh/id_a',
  '~/.ssh/%h_key',
  '/keys/k',
  '"/keys/a b"',
  '~/x/%r@%n:%p',
  '${HOME}/k',
  'none',
  '/keys/100%%',
  '~/.ssh/id_rsa',
)
const hop = from(
  'jump-1',
  'deploy@jump-1',
  'jump-1:2222',
  'ops-2@10.0.0.5:22',
  '[::1]:2200',
  'ssh://root@a.example.com:222',
  'a.b@db',
)
const port: Maker = (dice) => String(dice.pick([22, 2222, 1, 65_535, 8022]))

const makers: Readonly<Record<string, Maker>> = {
  HostName: from(
    'real.example.net',
    '%h.example.net',
    '192.0.2.7',
    '%h',
    'UP.Example.NET',
    '2001:db8::7',
    'x%%y'.replace('%%', '-'),
  ),
  User: from(...users),
  Port: port,
  AddressFamily: from('any', 'inet', 'inet6'),
  BindAddress: from('127.0.0.1', '::1'),
  BindInterface: from('lo', 'eth0'),
  ConnectTimeout: from('5', '1m', '90s', 'none', '1h30m'),
  IdentityFile: path,
  CertificateFile: path,
  IdentitiesOnly: flag,
  IdentityAgent: from('none', 'SSH_AUTH_SOCK', '~/agent.sock', '/run/%u.sock', '$CASE_SOCK', '/run/${CASE_NAME}'),
  PKCS11Provider: from('/usr/lib/p11.so', 'none'),
  GSSAPIAuthentication: flag,
  PubkeyAuthentication: from('yes', 'no'),
  PasswordAuthentication: flag,
  KbdInteractiveAuthentication: flag,
  ChallengeResponseAuthentication: flag,
  PreferredAuthentications: from('publickey', 'publickey,password', 'keyboard-interactive'),
  NumberOfPasswordPrompts: from('1', '3', '7'),
  BatchMode: flag,
  HostKeyAlias: from('alias', 'Alias.Example', '10.9.9.9'),
  StrictHostKeyChecking: from('yes', 'no', 'ask', 'accept-new', 'off', 'true', 'false'),
  HashKnownHosts: flag,
  UserKnownHostsFile: from(
    '~/.ssh/kh',
    '~/.ssh/kh_%h ~/.ssh/kh2',
    '"/var/k h/%n" ~/b',
    'none',
    '/dev/null',
    '${HOME}/kh',
    '"~/.ssh/kh"',
  ),
  GlobalKnownHostsFile: from('/etc/ssh/kh', '/etc/a /etc/b', 'none'),
  KnownHostsCommand: from('/bin/kh %H', '/bin/kh'),
  RevokedHostKeys: from('/etc/ssh/revoked', 'none'),
  ServerAliveInterval: from('0', '15', '1m', '2h'),
  ServerAliveCountMax: from('0', '3', '9'),
  HostKeyAlgorithms: from('ssh-ed25519', 'rsa-sha2-512,ssh-ed25519', '+ssh-rsa', '^rsa-sha2-256', '-ecdsa*'),
  KexAlgorithms: from('curve25519-sha256', '-*sha1', 'ecdh-sha2-nistp256,curve25519-sha256', '^ecdh-sha2-nistp521'),
  Ciphers: from('aes256-ctr', 'aes128-ctr,aes256-ctr', '+aes256-cbc', '-chacha20*,aes128*', '^aes256-ctr'),
  MACs: from('hmac-sha2-256', '-umac-*', '+hmac-md5'),
  ForwardAgent: from('yes', 'no'), // after a `no`, ssh -G prints a path that does not count
  LocalForward: (dice) =>
    `${dice.pick([port(dice), `127.0.0.1:${port(dice)}`, `[::1]:${port(dice)}`, `*:${port(dice)}`, '/run/l.sock'])} ${dice.pick([`db:${port(dice)}`, `[::1]:${port(dice)}`, '/run/t.sock'])}`,
  ClearAllForwardings: from('no', 'no', 'yes'),
  ProxyCommand: from('nc %h %p', 'none', '/bin/proxy -x "%h" # all of it'),
  ProxyJump: (dice) =>
    dice.pick([
      () => hop(dice),
      () => `${hop(dice)},${hop(dice)},${hop(dice)}`,
      () => 'none',
      () => `${hop(dice)} # by the side`,
    ])(),
  SendEnv: from('LANG', 'LC_* A'),
  Compression: from('yes', 'no'),
  LogLevel: from('ERROR'),
}
const names = Object.keys(makers)
const raw = new Set(['ProxyCommand', 'ProxyJump', 'KnownHostsCommand'])

function setting(dice: Dice): string {
  const name = dice.chance(0.4)
    ? dice.pick(['HostName', 'User', 'Port', 'IdentityFile', 'ProxyJump', 'ProxyCommand'])
    : dice.pick(names)
  const value = (makers[name] as Maker)(dice)
  const spelled = dice.pick([name, name, name.toLowerCase(), name.toUpperCase(), `"${name}"`])
  const comment = !raw.has(name) && dice.chance(0.1) ? dice.pick([' # why', '\t#', ' # "']) : ''
  const between = spelled.startsWith('"') ? [' ', '\t'] : [' ', ' ', '  ', '\t', '=', ' = ']
  return `${spelled}${dice.pick(between)}${value}${comment}`
}

function dress(dice: Dice, line: string): string {
  const indent = dice.pick(['', '', '  ', '\t', '    '])
  const before = dice.chance(0.1) ? dice.pick(['', '# a comment\n', '   \n', '\t# User x\n']) : ''
  return `${before}${indent}${line}${dice.pick(['', '', ' ', '\t '])}`
}
