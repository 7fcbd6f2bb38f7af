/** For each check one state of affairs it must find, and one close to it that is fine. */

import type { ProbeFacts, RuleFacts, SshFacts, SshHostFacts } from '../../../src/server/audit/facts.ts'
import {
  account,
  all,
  file,
  folder,
  now,
  type Spoil,
  stateDir,
  withConfig,
  withFacts,
  withFile,
  withSettings,
  withStore,
} from './facts.ts'

export type Case = {
  readonly fails: Spoil
  readonly passes: Spoil
  /** What the sentence about the failing one has to name. */
  readonly says: string
}

const state = (mode: number) => withFile(folder('state', stateDir, mode))
const config = (mode: number) => withFile(file('config', `${stateDir}/clawdbot.json`, mode))
const secrets = (mode: number) => withFile(folder('credentials-folder', `${stateDir}/secrets`, mode))
const token = (mode: number) => withFile(file('credential', `${stateDir}/gateway-token`, mode))
const asIs: Spoil = (facts) => facts
const chosen = (length: number, isGuessable = false) =>
  withFacts({ secret: { mode: 'token', from: 'config', length, isGuessable } })
const exec = (security: string, more = {}) => withSettings({ tools: { exec: { security, ...more } } })
const rule = (more: Partial<RuleFacts>) =>
  withFacts({ rules: [{ rule: '/opt/x *', program: '/opt/x', risk: undefined, writable: undefined, ...more }] })
function knocked(more: Partial<Extract<ProbeFacts, { kind: 'running' }>>): Spoil {
  const turnedAway = {
    takesForeignOrigin: false,
    takesForeignHost: false,
    letsInWithout: [],
    believed: [],
    openRoutes: [],
  }
  return withFacts({
    probe: { kind: 'running', port: 18_789, listeners: ['127.0.0.1', '::1'], isLive: true, ...turnedAway, ...more },
  })
}

const ours = { host: 'laptop.tail1234.ts.net', port: 443, path: '/', target: 'unix:/state/serve.sock' }
const theirs = { ...ours, port: 8443, target: 'http://127.0.0.1:3000' }
function tailscale(mode: 'off' | 'serve' | 'funnel', handlers: (typeof ours)[], funnels: string[] = []): Spoil {
  const placed = { host: ours.host, port: 443, targets: [ours.target] }
  return all(
    withSettings({ gateway: { tailscale: { mode } } }),
    withFacts({ tailscale: { placed, served: { handlers, funnels } } }),
  )
}

const sshHost: SshHostFacts = {
  profile: 'work',
  alias: 'vps',
  strictHostKeyChecking: 'ask',
  isKnown: true,
  knownHostsFiles: ['/home/ada/.ssh/known_hosts'],
  forwardAgent: false,
  engine: 'ssh2',
}
function withSsh(more: Partial<SshFacts>): Spoil {
  return withFacts({ ssh: { hosts: [], keys: [], hasNativePart: true, ...more } })
}
const ssh = (more: Partial<SshHostFacts>) => withSsh({ hosts: [{ ...sshHost, ...more }] })
const sshKey = (more: Partial<SshFacts['keys'][number]>) =>
  withSsh({ keys: [{ path: '/home/ada/.ssh/id_ed25519', mode: 0o600, isEncrypted: true, ...more }] })

const telegram = (settings: object, session = {}) => withSettings({ channels: { telegram: settings }, session })

const device = (days: number, isAdmin = true) => ({
  id: 'c0ffee00deadbeef',
  name: 'old laptop',
  isAdmin,
  lastSeenAt: now - days * 86_400_000,
})

const node = (...approved: string[]) => withFacts({ nodes: [{ id: 'c0ffee00deadbeef', name: 'old laptop', approved }] })

export const cases: Readonly<Record<string, Case>> = {
  'fs.state_dir.perms_world_writable': { fails: state(0o777), passes: state(0o770), says: stateDir },
  'fs.state_dir.perms_group_writable': { fails: state(0o770), passes: state(0o750), says: 'mode 770' },
  'fs.state_dir.perms_readable': { fails: state(0o755), passes: state(0o700), says: 'read' },
  'fs.state_dir.symlink': {
    fails: withFile({ part: 'state', path: stateDir, kind: 'link', mode: undefined, uid: account, target: '/mnt/x' }),
    passes: asIs,
    says: '/mnt/x',
  },
  'fs.config.perms_writable': { fails: config(0o620), passes: config(0o644), says: 'clawdbot.json' },
  'fs.config.world_readable': { fails: config(0o644), passes: config(0o640), says: 'Every account' },
  'fs.config.group_readable': { fails: config(0o640), passes: config(0o600), says: 'its group' },
  'fs.config.symlink': {
    fails: withFile({
      part: 'config',
      path: `${stateDir}/clawdbot.json`,
      kind: 'link',
      mode: undefined,
      uid: account,
      target: '/srv/dotfiles/clawdbot.json',
    }),
    passes: asIs,
    says: '/srv/dotfiles/clawdbot.json',
  },
  'fs.credentials_dir.perms_writable': { fails: secrets(0o720), passes: secrets(0o755), says: 'secrets' },
  'fs.credentials_dir.perms_readable': { fails: secrets(0o711), passes: secrets(0o700), says: 'secrets' },
  'fs.auth_profiles.perms_writable': { fails: token(0o602), passes: token(0o604), says: 'gateway-token' },
  'fs.auth_profiles.perms_readable': { fails: token(0o640), passes: token(0o611), says: 'gateway-token' },
  'fs.sessions_store.perms_readable': {
    fails: withFile(file('store', `${stateDir}/clawdbot.db`, 0o644)),
    passes: withFile(file('store', `${stateDir}/clawdbot.db`, 0o400)),
    says: 'clawdbot.db',
  },
  'fs.log_file.perms_readable': {
    fails: withFile(file('log', `${stateDir}/audit.db`, 0o666)),
    passes: asIs,
    says: 'audit.db',
  },
  'fs.owner_mismatch': {
    fails: withFile(file('store', `${stateDir}/clawdbot.db`, 0o600, { uid: 0 })),
    passes: withFacts({ account: undefined }),
    says: 'uid 0',
  },
  'fs.synced_dir': {
    fails: withFacts({ stateDir: '/home/ada/Dropbox/clawdbot' }),
    passes: withFacts({ stateDir: '/home/ada/dropbox-notes/clawdbot' }),
    says: 'Dropbox',
  },
  'gateway.bind_no_auth': {
    fails: withSettings({ gateway: { bind: 'lan' } }),
    passes: all(withSettings({ gateway: { bind: 'custom', customBindHost: '127.0.0.2' } })),
    says: 'without a token',
  },
  'gateway.password_missing': {
    fails: withSettings({ gateway: { bind: 'lan', auth: { mode: 'password' } } }),
    passes: all(withSettings({ gateway: { auth: { mode: 'password' } } }), chosen(43)),
    says: 'no password is set',
  },
  'gateway.bind_public': {
    fails: all(withSettings({ gateway: { bind: 'lan' } }), chosen(43), withFacts({ addresses: ['203.0.113.9'] })),
    passes: all(withSettings({ gateway: { bind: 'tailnet' } }), chosen(43)),
    says: 'internet',
  },
  'gateway.token_too_short': { fails: chosen(23), passes: chosen(24), says: '23 characters' },
  'gateway.secret_guessable': { fails: chosen(28, true), passes: chosen(28), says: 'guessed easily' },
  'gateway.secret_placeholder': {
    fails: withConfig({ placeholders: ['gateway.auth.token'] }),
    passes: asIs,
    says: 'gateway.auth.token',
  },
  'gateway.trusted_proxies_missing': {
    fails: withSettings({ gateway: { allowedHosts: ['gw.example.com'] } }),
    passes: withSettings({ gateway: { allowedHosts: ['gw.example.com'], trustedProxies: ['127.0.0.1'] } }),
    says: 'gw.example.com',
  },
  'gateway.trusted_proxy_wide': {
    fails: withSettings({ gateway: { trustedProxies: ['0.0.0.0'] } }),
    passes: withSettings({ gateway: { trustedProxies: ['10.0.0.1'] } }),
    says: '0.0.0.0',
  },
  'gateway.allowed_hosts_wide': {
    fails: withSettings({ gateway: { allowedHosts: ['*.ts.net'] } }),
    passes: withSettings({ gateway: { allowedHosts: ['gw.tail1234.ts.net'] } }),
    says: '*.ts.net',
  },
  'gateway.allowed_origins_wildcard': {
    fails: withSettings({ gateway: { controlUi: { allowedOrigins: ['https://*.example.com'] } } }),
    passes: withSettings({ gateway: { controlUi: { allowedOrigins: ['https://gw.example.com'] } } }),
    says: '*.example.com',
  },
  'tailscale.funnel_on': {
    fails: tailscale('serve', [ours], ['laptop.tail1234.ts.net:443']),
    passes: tailscale('serve', [ours], ['laptop.tail1234.ts.net:8443']),
    says: 'https://laptop.tail1234.ts.net/',
  },
  'tailscale.serve_on': {
    fails: tailscale('serve', [ours]),
    passes: tailscale('off', [theirs]),
    says: 'https://laptop.tail1234.ts.net/',
  },
  'tailscale.serve_foreign_handler': {
    fails: tailscale('off', [{ ...theirs, target: 'http://127.0.0.1:18789' }]),
    passes: tailscale('off', [{ ...theirs, target: 'http://127.0.0.1:187890' }]),
    says: 'http://127.0.0.1:18789',
  },
  'tailscale.serve_drift': {
    fails: tailscale('off', [ours]),
    passes: tailscale('serve', [ours]),
    says: 'still serves https://laptop.tail1234.ts.net/',
  },
  'gateway.loopback_no_auth': {
    fails: knocked({ letsInWithout: ['a wrong secret'] }),
    passes: knocked({}),
    says: 'a wrong secret',
  },
  'gateway.http.no_auth': {
    fails: knocked({ openRoutes: ['POST /tools/invoke'] }),
    passes: knocked({}),
    says: 'POST /tools/invoke',
  },
  'tailscale.identity_shared_listener': {
    fails: knocked({ believed: ['tailscale-user-login'] }),
    passes: knocked({}),
    says: 'tailscale-user-login',
  },
  'gateway.port_taken_by_other': {
    fails: withFacts({ probe: { kind: 'stopped', port: 18_789, isPortTaken: true } }),
    passes: withFacts({ probe: { kind: 'socket' } }),
    says: '18789',
  },
  'gateway.probe_failed': {
    fails: withFacts({ probe: { kind: 'stopped', port: 18_789, isPortTaken: false } }),
    passes: withFacts({ probe: { kind: 'foreign', port: 18_789 } }),
    says: 'No gateway runs',
  },
  'gateway.unix_socket_available': {
    fails: asIs,
    passes: withSettings({ gateway: { socket: { enabled: true, only: true } } }),
    says: 'socket file',
  },
  'gateway.running_as_root': {
    fails: withFile(folder('state', stateDir, 0o700, { uid: 0 })),
    passes: asIs,
    says: 'root',
  },
  'ssh.known_hosts_missing': {
    fails: ssh({ isKnown: false }),
    passes: ssh({ isKnown: false, strictHostKeyChecking: 'no' }),
    says: 'vps',
  },
  'ssh.strict_host_key_off': {
    fails: ssh({ strictHostKeyChecking: 'no' }),
    passes: ssh({ strictHostKeyChecking: 'accept-new' }),
    says: 'StrictHostKeyChecking no',
  },
  'ssh.not_looked_at': { fails: withSsh({ problem: { message: 'y', remedy: 'do' } }), passes: withSsh({}), says: 'y' },
  'ssh.key_perms': { fails: sshKey({ mode: 0o640 }), passes: sshKey({ mode: 0o400 }), says: 'mode 640' },
  'ssh.key_unencrypted': { fails: sshKey({ isEncrypted: false }), passes: sshKey({}), says: 'no passphrase' },
  'ssh.agent_forwarding_on': { fails: ssh({ forwardAgent: true }), passes: ssh({}), says: 'ForwardAgent' },
  'ssh.engine_addon_missing': {
    fails: withSsh({ hosts: [sshHost], hasNativePart: false }),
    passes: withSsh({ hosts: [{ ...sshHost, engine: 'system' }], hasNativePart: false }),
    says: 'native part',
  },
  'ssh.no_pq_kex': { fails: ssh({}), passes: ssh({ engine: 'system' }), says: 'quantum' },
  'devices.stale': {
    fails: withFacts({ devices: [device(91)] }),
    passes: withFacts({ devices: [device(89)] }),
    says: 'old laptop',
  },
  'devices.admin_many': {
    fails: withFacts({ devices: Array(6).fill(device(1)) }),
    passes: withFacts({ devices: [...Array(5).fill(device(1)), device(1, false)] }),
    says: '6 devices',
  },
  'channels.telegram.allowFrom.wildcard': {
    fails: telegram({ dmPolicy: 'open', allowFrom: ['*'] }),
    passes: telegram({ dmPolicy: 'open', allowFrom: ['*'], enabled: false }),
    says: 'dmPolicy is open',
  },
  'channels.telegram.groups.allowFrom.missing': {
    fails: telegram({ groupPolicy: 'open' }),
    passes: telegram({ groupPolicy: 'open', groups: { '-100': { allowFrom: [1] } } }),
    says: 'groupPolicy is open',
  },
  'channels.telegram.dm.scope_main_multiuser': {
    fails: telegram({}, { dmScope: 'main' }),
    passes: telegram({ dmPolicy: 'allowlist', allowFrom: [1] }, { dmScope: 'main' }),
    says: 'dmScope is main',
  },
  'tools.exec.full': { fails: exec('full'), passes: exec('allowlist'), says: 'without asking' },
  'tools.exec.interpreter_allowlisted': {
    fails: rule({ risk: 'env starts other programs' }),
    passes: rule({}),
    says: 'env starts',
  },
  'tools.exec.writable_allowlisted_path': {
    fails: all(exec('allowlist'), rule({ writable: '/opt' })),
    passes: all(exec('ask'), rule({ writable: '/opt' })),
    says: '/opt may be changed',
  },
  'config.unknown_keys': {
    fails: withConfig({ issues: [{ path: 'gateway.prot', line: 3, message: 'is not a known setting' }] }),
    passes: withConfig({ issues: [{ path: 'gateway.port', message: 'must be a whole number' }] }),
    says: 'gateway.prot (line 3)',
  },
  'config.unusable': {
    fails: withConfig({ issues: [{ path: 'gateway.port', line: 2, message: 'must be a whole number' }] }),
    passes: withConfig({ issues: [{ path: 'gateway.prot', message: 'is not a known setting' }] }),
    says: 'gateway.port (line 2) must be',
  },
  'config.secrets.gateway_token_in_config': written('gateway.auth.token', 'gateway.auth.password'),
  'config.secrets.gateway_password_in_config': written('gateway.auth.password', 'gateway.auth.token'),
  'config.secrets.model_key_in_config': written('models.providers.openai.apiKey', 'gateway.remote.token'),
  'config.secrets.other_in_config': written('gateway.remote.token', 'models.providers.openai.apiKey'),
  'logging.redact_off': {
    fails: withSettings({ logging: { redactSensitive: 'off' } }),
    passes: asIs,
    says: 'logging.redactSensitive',
  },
  'logging.debug_in_production': {
    fails: withSettings({ logging: { level: 'trace' } }),
    passes: withSettings({ logging: { level: 'silent' } }),
    says: 'trace',
  },
  'models.weak_tier': {
    fails: withSettings({
      agents: { defaults: { model: { primary: 'openai/gpt-5', fallbacks: ['ollama/qwen3:4b'] } } },
    }),
    passes: withSettings({ agents: { defaults: { model: 'ollama/llama3.3:70b' } } }),
    says: 'ollama/qwen3:4b',
  },
  'durability.disk_low': {
    fails: withStore({ freeBytes: 100 * 1024 * 1024 }),
    passes: withStore({ freeBytes: undefined }),
    says: '100 MB',
  },
  'durability.state_unwritable': { fails: withStore({ unwritable: 'read-only' }), passes: asIs, says: 'read-only' },
  'durability.no_backup': {
    fails: withStore({ inUseSince: now - 60 * 86_400_000, backedUpAt: now - 31 * 86_400_000 }),
    passes: withStore({ inUseSince: now - 60 * 86_400_000, backedUpAt: now - 29 * 86_400_000 }),
    says: '31 days old',
  },
  'nodes.exec_enabled': { fails: node('system.which', 'system.run'), passes: node('system.which'), says: 'old laptop' },
  'nodes.allow_commands_dangerous': {
    fails: withSettings({ gateway: { nodes: { allowCommands: ['canvas.hide', 'sms.send'] } } }),
    passes: withSettings({ gateway: { nodes: { allowCommands: ['canvas.hide', 'camera.list'] } } }),
    says: 'sms.send',
  },
  'durability.integrity': {
    fails: withStore({ journal: { kind: 'broken', seq: 7, why: 'entry 7 is missing; 8 follows 6' } }),
    passes: withStore({ journal: { kind: 'whole', entries: 8, hash: 'f00' } }),
    says: 'entry 7',
  },
  'summary.attack_surface': { fails: asIs, passes: asIs, says: 'listens on loopback' },
}

function written(setting: string, other: string): Case {
  return {
    fails: withConfig({ writtenSecrets: [setting] }),
    passes: withConfig({ writtenSecrets: [other] }),
    says: setting,
  }
}
