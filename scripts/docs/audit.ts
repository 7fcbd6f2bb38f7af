/** Prints `docs/audit.md` from the table of checks: what each finds, why it matters, what to do. */
import type { Check } from '../../src/server/audit/check.ts'
import { auditChecks } from '../../src/server/audit/table.ts'

const opening = `# Security audit

Printed from \`src/server/audit/checks\` by \`npm run docs\`; edit the checks, not this page.

\`clawdbot security audit\` looks at the gateway of this machine: its files, its settings, its devices, and your
SSH as far as saved gateways are reached through it. It changes nothing,
and the gateway may be running or not. \`--json\` prints the same for programs. Exit code 0: nothing, or only what is good to
know. 1: a warning. 2: something critical. A fresh install has neither. \`/security\` in the terminal shows what a gateway
finds about itself, near or far; that takes an admin.

\`--deep\` also reads the databases from end to end and knocks at the running gateway, once each: from a foreign page, under a
foreign name, without a secret, with a wrong one, with headers that only Tailscale or a proxy may write, and at its HTTP
paths. What gets as far as a login is in the audit log as refused. One wrong secret is too few to lock anybody out.

\`--fix\` takes away what other accounts may do with files of this account, puts back the settings marked
below, and moves secrets from the settings to \`gateway.env\`, where they mean the same. It
follows no link, touches no file of another account, says what it changed and writes it to the audit log.

No secret is part of what the checks are given, so none can turn up in what they say.`

const severities = { critical: 'Critical', warning: 'Warning', info: 'Good to know' } as const

/** Ids of the ecosystem's audit without a subject in this version, and why. */
export const absent: readonly (readonly [ids: readonly string[], why: string])[] = [
  [['fs.config_include.perms_*'], 'one file holds all settings; `$include` is refused'],
  [
    ['gateway.control_ui.insecure_auth', 'gateway.control_ui.device_auth_disabled'],
    'no setting lets a page in without a secret or a device',
  ],
  [['gateway.auth_no_rate_limit'], 'failed logins are always limited'],
  [['gateway.tools_invoke_http.dangerous_allow'], 'no tool is called over HTTP'],
  [['gateway.version_advisory'], 'there is no advisory for any version yet; nothing is asked of other machines'],
  [['config.dangerous_flags'], 'no setting turns a protection off'],
  [['tools.exec.approvals_default_allow'], 'what nobody answers is refused, always'],
  [['devices.pending_old'], 'who waits for approval is forgotten after five minutes'],
  [
    ['ssh.server_keepalive_off'],
    'both ends of the gateway’s own connection ask each other every 15 s, so a dead one ends without it',
  ],
  [['tailscale.owner_list_empty'], '`gateway.auth.allowTailscale` without a name in `tailscaleUsers` is refused'],
  [['durability.sync_off'], 'every message is synced; there is no setting'],
  [
    ['channels.*.mutable_name', 'channels.*.webhook_no_secret'],
    'people are named by number only, and a webhook without a secret is refused',
  ],
  [
    ['hooks.*', 'security.exposure.open_groups_with_elevated', 'tools.elevated.*'],
    'there are no hooks and no elevated tools',
  ],
  [['plugins.*'], 'there are no plugins'],
  [['sandbox.*'], 'there is no sandbox to be weakened; commands are asked about'],
  [['discovery.mdns_full'], 'nothing is announced in the network'],
]

export function printAudit(): string {
  const list = absent.map(([ids, why]) => `- ${ids.map((id) => `\`${id}\``).join(', ')}: ${why}.`)
  const end = `## Not looked for\n\nIds of the ecosystem that have no subject here:\n\n${list.join('\n')}`
  return `${[opening, '## Checks', ...auditChecks.map(printCheck), end].join('\n\n')}\n`
}

function printCheck({ id, severity, about, remedy }: Check): string {
  const isRepaired = repaired.some((pattern) => pattern.test(id))
  return `### \`${id}\`\n\n${severities[severity]}. ${about}\n\n${remedy}${isRepaired ? ' `--fix` does it.' : ''}`
}

/** Ids whose findings can be repaired without a question; a test compares them with what the checks offer. */
export const repaired = [
  /^fs\..*(perms_|_readable$)/,
  /^logging\.redact_off$/,
  /^ssh\.key_perms$/,
  /^config\.secrets\.(?!gateway_password)/,
]
