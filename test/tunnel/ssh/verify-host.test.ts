import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openTunnel } from '../../../src/tunnel/open.ts'
import type { TunnelContext } from '../../../src/tunnel/tunnel.ts'
import { requireProgram } from '../../support/programs.ts'
import { scriptedPrompts } from '../../support/scripted-prompts.ts'
import { makeKey, type Sshd, startSshd } from '../../support/sshd.ts'
import { tunnelContext } from '../../support/tunnel-context.ts'

const knownHosts = (sshd: Sshd) => join(sshd.home, '.ssh/known_hosts')
const name = (sshd: Sshd) => `[127.0.0.1]:${sshd.port}`

/** Opens and ends a tunnel; the host key it accepted. */
async function meet(sshd: Sshd, parts: Partial<TunnelContext> = {}): Promise<string | undefined> {
  let detail: string | undefined
  const onLayer: TunnelContext['onLayer'] = (event) => {
    if (event.layer === 'ssh' && event.state === 'up') detail = event.detail
  }
  const context = tunnelContext({ home: sshd.home, onLayer, ...parts })
  await using _ = await openTunnel(sshd.way({ engine: 'ssh2' }), context)
  return detail
}

function fingerprintOf(sshd: Sshd): string {
  const path = join(sshd.home, 'shown.pub')
  writeFileSync(path, `${sshd.hostKeys[0]}\n`)
  const [, print = ''] = execFileSync(requireProgram('ssh-keygen'), ['-lf', path], { encoding: 'utf8' }).split(' ')
  return print
}

test('TU1: an unknown key is shown with type and fingerprint, asked about, and remembered only after a yes', async () => {
  await using sshd = await startSshd({ config: 'Host *\nHashKnownHosts no\n' })
  writeFileSync(knownHosts(sshd), '')
  const refusing = scriptedPrompts({ trust: [false] })
  await expect(meet(sshd, { prompts: refusing })).rejects.toMatchObject({ code: 'ssh.host-key-unknown' })
  expect(readFileSync(knownHosts(sshd), 'utf8')).toBe('')
  const trusting = scriptedPrompts({ trust: [true] })
  expect(await meet(sshd, { prompts: trusting })).toBe('ssh-ed25519')
  const question = { keyType: 'ssh-ed25519', fingerprint: fingerprintOf(sshd), knownHostsPath: knownHosts(sshd) }
  expect(trusting.asked).toEqual([{ kind: 'host-key', host: name(sshd), ...question }])
  expect(readFileSync(knownHosts(sshd), 'utf8')).toBe(`${name(sshd)} ${sshd.hostKeys[0]}\n`)
  expect(statSync(knownHosts(sshd)).mode & 0o777).toBe(0o600)
  expect(await meet(sshd)).toBe('ssh-ed25519')
  const found = spawnSync(requireProgram('ssh-keygen'), ['-F', name(sshd), '-f', knownHosts(sshd)])
  expect(found.status).toBe(0)
})

test('TU1: where nobody can be asked an unknown key ends it, unless the configuration accepts new ones', async () => {
  await using sshd = await startSshd()
  writeFileSync(knownHosts(sshd), '')
  await expect(meet(sshd)).rejects.toMatchObject({ code: 'ssh.needs-user', details: { kind: 'host-key' } })
  for (const value of ['yes', 'ask\nBatchMode yes']) {
    sshd.configure(`Host *\nStrictHostKeyChecking ${value}\n`)
    const person = scriptedPrompts({ trust: [true] })
    await expect(meet(sshd, { prompts: person })).rejects.toMatchObject({ code: 'ssh.host-key-unknown' })
    expect(person.asked).toEqual([])
  }
  sshd.configure('Host *\nStrictHostKeyChecking accept-new\nHashKnownHosts yes\n')
  expect(await meet(sshd)).toBe('ssh-ed25519')
  expect(readFileSync(knownHosts(sshd), 'utf8')).toMatch(/^\|1\|/)
  expect(await meet(sshd)).toBe('ssh-ed25519')
})

test('TU2: a changed key stops it, naming file and line, whatever the configuration says', async () => {
  await using sshd = await startSshd()
  const other = makeKey(join(sshd.home, 'other'))
  writeFileSync(knownHosts(sshd), `# mine\n${name(sshd)} ${other}\n`)
  for (const value of ['ask', 'accept-new', 'no']) {
    sshd.configure(`Host *\nStrictHostKeyChecking ${value}\n`)
    const person = scriptedPrompts({ trust: [true] })
    await expect(meet(sshd, { prompts: person })).rejects.toMatchObject({
      code: 'ssh.host-key-changed',
      message: expect.stringContaining(`${fingerprintOf(sshd)}, and line 2 of ${knownHosts(sshd)} says otherwise`),
      details: { file: knownHosts(sshd), line: 2 },
      retryable: false,
    })
    expect(person.asked).toEqual([])
  }
  expect(sshd.log()).not.toContain('Accepted')
  expect(readFileSync(knownHosts(sshd), 'utf8')).toContain(other)
})

test('TU2: a revoked key stops it, even beside a line that knows it', async () => {
  await using sshd = await startSshd()
  const line = `${name(sshd)} ${sshd.hostKeys[0]}`
  writeFileSync(knownHosts(sshd), `${line}\n@revoked * ${sshd.hostKeys[0]}\n`)
  await expect(meet(sshd, { prompts: scriptedPrompts({ trust: [true] }) })).rejects.toMatchObject({
    code: 'ssh.host-key-revoked',
    details: { file: knownHosts(sshd), line: 2 },
  })
})

test('a key that cannot be written down is said beside the layer, and the connection goes on', async () => {
  await using sshd = await startSshd({ config: 'Host *\nUserKnownHostsFile ~/.ssh/id_ed25519/known_hosts\n' })
  const prompts = scriptedPrompts({ trust: [true] })
  expect(await meet(sshd, { prompts })).toMatch(/^ssh-ed25519; The key could not be added to /)
})
