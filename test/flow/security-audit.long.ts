/** `clawdbot security audit` as a program, beside a real gateway, both as an ordinary account. */

import { execFile } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startBuiltGateway } from '../support/built-gateway.ts'
import { nobody, programsFor } from '../support/nobody.ts'
import { compiledOnce } from '../support/programs.ts'
import { call, operator } from './support.ts'

const account = nobody
const { node, built } = programsFor(account)

type Audit = {
  code: number
  out: string
  findings: { id: string; severity: string; message: string; remedy: string }[]
}

function audit(stateDir: string, ...flags: string[]): Promise<Audit> {
  const env = { ...compiledOnce, PATH: process.env.PATH ?? '', HOME: stateDir, CLAWDBOT_STATE_DIR: stateDir }
  const args = [built('clawdbot'), 'security', 'audit', ...flags]
  return new Promise((resolve) => {
    execFile(node, args, { env, ...account }, (error, stdout) => {
      const findings = flags.includes('--json') ? JSON.parse(stdout).findings : []
      resolve({ code: Number(error?.code ?? 0), out: stdout, findings })
    })
  })
}

function freshHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'clawdbot-audit-'))
  if (account) chownSync(home, account.uid, account.gid)
  return home
}

test('E21: a default install, started once and used, has nothing critical and no warning; running or stopped', async () => {
  const stateDir = freshHome()
  try {
    const env = { CLAWDBOT_GATEWAY_TOKEN: '' }
    const gateway = await startBuiltGateway({ stateDir, env, ...account })
    const running = await audit(stateDir, '--json')
    await gateway[Symbol.asyncDispose]()
    const stopped = await audit(stateDir, '--json')
    for (const { code, findings } of [running, stopped]) {
      expect(findings.map(({ id, severity }) => `${severity} ${id}`)).toEqual([
        'info gateway.unix_socket_available',
        'info summary.attack_surface',
      ])
      expect(code).toBe(0)
    }
  } finally {
    rmSync(stateDir, { recursive: true, force: true })
  }
})

test('E21: knocked at as an attacker would, a real gateway opens to nobody, and its owner still gets in', async () => {
  const stateDir = freshHome()
  try {
    await using gateway = await startBuiltGateway({ stateDir, ...account })
    const { code, findings } = await audit(stateDir, '--deep', '--json')
    expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([])
    expect(code).toBe(0)
    using owner = await operator(gateway)
    const { pending } = await call(owner, 'device.pair.list')
    expect(pending).toEqual([])
    const { findings: seen } = await call(owner, 'security.audit')
    expect(seen).toEqual((await audit(stateDir, '--json')).findings)
    using reader = await operator(gateway, { scopes: ['operator.read'] })
    expect((await reader.request('security.audit', {})).ok).toBe(false)
  } finally {
    rmSync(stateDir, { recursive: true, force: true })
  }
})

test('what is wrong is told worst first, with what to do, and in the exit code', async () => {
  const stateDir = freshHome()
  try {
    const write = (name: string, text: string, mode: number) => {
      writeFileSync(join(stateDir, name), text)
      chmodSync(join(stateDir, name), mode)
      if (account) chownSync(join(stateDir, name), account.uid, account.gid)
    }
    write('clawdbot.json', '{ logging: { level: "debug" } }', 0o600)
    expect((await audit(stateDir)).code).toBe(1)
    write('clawdbot.json', '{ logging: { level: "debug" } }', 0o644)
    const text = await audit(stateDir)
    expect(text.code).toBe(2)
    expect(text.out.replaceAll(stateDir, '~')).toMatchInlineSnapshot(`
      "❌ Critical
        Every account of this machine may read ~/clawdbot.json (mode 644)  [fs.config.world_readable]
           Run: chmod 600 ~/clawdbot.json

      ⚠️  Warnings
        The log tells everything (logging.level is debug)  [logging.debug_in_production]
           When you are done looking, run: clawdbot config set logging.level info

      ℹ️  Good to know
        The gateway listens on a port; a socket file instead could be reached by no page and no other account  [gateway.unix_socket_available]
           If you use it from this machine or through SSH only, run: clawdbot config set gateway.socket '{"enabled": true, "only": true}'
        In short: listens on loopback; Tailscale off; asks for a token; HTTP endpoint off; commands: ask; 0 rules and 0 commands run unasked; 0 devices paired, 0 of them admins  [summary.attack_surface]
           Knock at it as an attacker would: clawdbot security audit --deep

      69 checks: 1 critical, 1 warning, 2 good to know. docs/audit.md says more about each
      "
    `)
    const { out } = await audit(stateDir, '--json')
    expect(JSON.parse(out.replaceAll(stateDir, '~'))).toMatchInlineSnapshot(`
      {
        "checks": 69,
        "counts": {
          "critical": 1,
          "info": 2,
          "warning": 1,
        },
        "deep": false,
        "findings": [
          {
            "id": "fs.config.world_readable",
            "message": "Every account of this machine may read ~/clawdbot.json (mode 644)",
            "remedy": "Run: chmod 600 ~/clawdbot.json",
            "severity": "critical",
          },
          {
            "id": "logging.debug_in_production",
            "message": "The log tells everything (logging.level is debug)",
            "remedy": "When you are done looking, run: clawdbot config set logging.level info",
            "severity": "warning",
          },
          {
            "id": "gateway.unix_socket_available",
            "message": "The gateway listens on a port; a socket file instead could be reached by no page and no other account",
            "remedy": "If you use it from this machine or through SSH only, run: clawdbot config set gateway.socket '{"enabled": true, "only": true}'",
            "severity": "info",
          },
          {
            "id": "summary.attack_surface",
            "message": "In short: listens on loopback; Tailscale off; asks for a token; HTTP endpoint off; commands: ask; 0 rules and 0 commands run unasked; 0 devices paired, 0 of them admins",
            "remedy": "Knock at it as an attacker would: clawdbot security audit --deep",
            "severity": "info",
          },
        ],
        "ok": false,
      }
    `)
    const fixed = await audit(stateDir, '--fix')
    expect(fixed.code).toBe(1)
    expect(fixed.out.replaceAll(stateDir, '~')).toContain(
      '🔧 Repaired\n  ✅ ~/clawdbot.json had mode 644 and has 600 now  [fs.config.world_readable]\n',
    )
    expect((await audit(stateDir, '--fix')).out).toContain('Nothing was there that could be repaired without you')
  } finally {
    rmSync(stateDir, { recursive: true, force: true })
  }
})
