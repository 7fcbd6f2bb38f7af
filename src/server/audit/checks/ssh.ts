/** The person's SSH, as far as gateways saved here are reached through it; and the SSH server of this machine. */

import { shellWord } from '../../../shared/std/shell-words.ts'
import { defineCheck, type Problem } from '../check.ts'
import type { AuditFacts, SshHostFacts } from '../facts.ts'

const place = ({ alias, profile }: SshHostFacts) => (alias === profile ? alias : `${alias} (profile ${profile})`)

function eachHost({ ssh }: AuditFacts, look: (host: SshHostFacts) => Problem | undefined): Problem[] {
  return (ssh?.hosts ?? []).map(look).filter((problem) => problem !== undefined)
}

const keepsNone = ({ knownHostsFiles }: SshHostFacts) =>
  knownHostsFiles.every((path) => path === '/dev/null' || path === 'none')

export const notLookedAt = defineCheck({
  id: 'ssh.not_looked_at',
  severity: 'info',
  about: 'The saved profiles cannot be read, so nothing was looked at of how their gateways are reached.',
  remedy: 'Correct `~/.clawdbot/profiles.json`, or move it away.',
  run: ({ ssh }) =>
    ssh?.problem === undefined
      ? []
      : [{ message: `SSH was not looked at: ${ssh.problem.message}`, remedy: ssh.problem.remedy }],
})

export const knownHostsMissing = defineCheck({
  id: 'ssh.known_hosts_missing',
  severity: 'warning',
  about:
    'No key is known of a host a saved gateway is reached through, so the first connection has nothing to compare with.',
  remedy:
    '`clawdbot profiles test <name>` shows the key’s fingerprint and asks; compare it with what the host’s console says.',
  run: (facts) =>
    eachHost(facts, (host) =>
      host.isKnown || host.strictHostKeyChecking === 'no' || keepsNone(host)
        ? undefined
        : {
            message: `No host key of ${place(host)} is known yet`,
            remedy: `Compare the fingerprint that this shows with the host's own: clawdbot profiles test ${shellWord(host.profile)}`,
          },
    ),
})

export const strictHostKeyOff = defineCheck({
  id: 'ssh.strict_host_key_off',
  severity: 'critical',
  about:
    '`StrictHostKeyChecking no`, or a known_hosts file that keeps nothing: whoever stands in between is taken for the host. This program still refuses a key that changed; `ssh` does not.',
  remedy: 'Remove `StrictHostKeyChecking no` and `UserKnownHostsFile /dev/null` from `~/.ssh/config`.',
  run: (facts) =>
    eachHost(facts, (host) => {
      const isOff = host.strictHostKeyChecking === 'no'
      if (!isOff && !keepsNone(host)) return undefined
      const what = isOff ? 'StrictHostKeyChecking no' : `UserKnownHostsFile ${host.knownHostsFiles[0] ?? 'none'}`
      return {
        message: `${what} is in force for ${place(host)}: any machine is taken for it`,
        remedy: `Remove it from ~/.ssh/config; what is in force says: ssh -G ${shellWord(host.alias)}`,
      }
    }),
})

export const agentForwardingOn = defineCheck({
  id: 'ssh.agent_forwarding_on',
  severity: 'warning',
  about:
    'The agent is handed on to a host a gateway is reached through: whoever is root there may log in elsewhere as you. This program never does it, `ssh` does.',
  remedy: 'Remove `ForwardAgent yes` for that host from `~/.ssh/config`.',
  run: (facts) =>
    eachHost(facts, (host) =>
      host.forwardAgent
        ? {
            message: `ForwardAgent is on for ${place(host)}: who is root there may use your keys`,
            remedy: `Remove it from ~/.ssh/config; what is in force says: ssh -G ${shellWord(host.alias)}`,
          }
        : undefined,
    ),
})

export const keyPerms = defineCheck({
  id: 'ssh.key_perms',
  severity: 'warning',
  about:
    'Other accounts may read a private key that gateways are reached with. SSH refuses such a key, and it may be known already.',
  remedy: '`chmod 600` on the named key.',
  run: ({ ssh }) =>
    (ssh?.keys ?? []).flatMap(({ path, mode }) =>
      mode === undefined || (mode & 0o077) === 0
        ? []
        : [
            {
              message: `Other accounts may read or change the key ${path} (mode ${mode.toString(8)})`,
              remedy: `Run: chmod 600 ${shellWord(path)}`,
              repair: { kind: 'mode' as const, path, mode: 0o600 },
            },
          ],
    ),
})

export const keyUnencrypted = defineCheck({
  id: 'ssh.key_unencrypted',
  severity: 'info',
  about: 'A private key that gateways are reached with has no passphrase: a copy of the file is enough to log in.',
  remedy: '`ssh-keygen -p -f <key>` gives it one; `ssh-add <key>` lets an agent hold it.',
  run: ({ ssh }) =>
    (ssh?.keys ?? []).flatMap(({ path, isEncrypted }) =>
      isEncrypted
        ? []
        : [
            {
              message: `The key ${path} has no passphrase`,
              remedy: `Give it one, and let the agent hold it: ssh-keygen -p -f ${shellWord(path)} && ssh-add ${shellWord(path)}`,
            },
          ],
    ),
})

export const addonMissing = defineCheck({
  id: 'ssh.engine_addon_missing',
  severity: 'info',
  about: 'ssh2 has no native part here and encrypts in JavaScript: bulk transfers are slower, nothing else.',
  remedy: '`npm rebuild ssh2` where Clawdbot is installed, with a compiler; or `--engine system` for the profile.',
  run: ({ ssh }) =>
    ssh === undefined || ssh.hasNativePart || !ssh.hosts.some(({ engine }) => engine === 'ssh2')
      ? []
      : [
          {
            message: 'ssh2 has no native part here; large transfers through SSH are slower',
            remedy: 'If that matters, let the system’s ssh do it: clawdbot profiles edit <name> --engine system',
          },
        ],
})

export const noPostQuantum = defineCheck({
  id: 'ssh.no_pq_kex',
  severity: 'info',
  about:
    'ssh2 agrees on keys by elliptic curves only: what is recorded today could be read by a large quantum computer some day.',
  remedy:
    '`clawdbot profiles edit <name> --engine system` lets the system’s ssh do it, which has ML-KEM since OpenSSH 9.9.',
  run: ({ ssh }) => {
    const names = [
      ...new Set((ssh?.hosts ?? []).filter(({ engine }) => engine === 'ssh2').map(({ profile }) => profile)),
    ]
    const [first] = names
    if (first === undefined) return []
    return [
      {
        message: `The way to ${names.join(', ')} is not safe from quantum computers of the future`,
        remedy: `If that matters, let the system’s ssh do it: clawdbot profiles edit ${shellWord(first)} --engine system`,
      },
    ]
  },
})
