import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { addHostBlock, type HostBlock, hasHost } from '../../../src/tunnel/ssh/host-block.ts'
import { requireProgram } from '../../support/programs.ts'

const block: HostBlock = {
  ...{ alias: 'vps', hostName: 'vps.example', user: 'deploy', port: 2222 },
  ...{ identityFile: '/home/ann/my keys/id 100%', proxyJump: 'jump.example' },
}

const configs: Readonly<Record<string, string>> = {
  'an empty file': '',
  'other hosts': 'Host other\n  User bob\n  Port 2200\n',
  'settings for every host first': 'User everybody\nPort 99\nIdentityFile /global\n\nHost other\n  User bob\n',
  'a Host * at the end': 'Host other\n  User bob\n\nHost *\n  User fallback\n  Port 77\n  ServerAliveInterval 30\n',
  'a Host * at the beginning': 'Host *\n  User first\n  Port 66\n',
  'a Match': 'Match all\n  User matched\n',
  'a comment first': '# my hosts\n\nHost other\n  User bob\n',
  'no end of the last line': 'Host other\n  User bob',
  'a pattern that matches the alias': 'Host v*\n  User pattern\n  HostName elsewhere.example\n',
  'lines of Windows': 'User everybody\r\nHost other\r\n  User bob\r\n',
}

/** What the real ssh makes of a host in a file of that text. */
function resolved(text: string, host: string): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'clawdbot-block-'))
  try {
    writeFileSync(join(folder, 'config'), text, { mode: 0o600 })
    const args = ['-T', '-G', '-F', join(folder, 'config'), host]
    const lines = execFileSync(requireProgram('ssh'), args, { encoding: 'utf8' }).trim().split('\n')
    return Object.fromEntries(lines.map((line) => [line.split(' ')[0], line.slice(line.indexOf(' ') + 1)]))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test.each(Object.entries(configs))(
  'in a file with %s the block wins, and every other host stays what it was',
  (_what, text) => {
    const after = addHostBlock(text, block)
    expect(resolved(after, 'vps')).toMatchObject({
      hostname: 'vps.example',
      user: 'deploy',
      port: '2222',
      proxyjump: 'jump.example',
    })
    expect(after).toContain('  IdentityFile "/home/ann/my keys/id 100%%"\n')
    for (const host of ['other', 'somebody.else']) expect(resolved(after, host)).toEqual(resolved(text, host))
    expect(after.endsWith(text)).toBe(true)
    expect(hasHost(after, 'vps')).toBe(true)
  },
)
