/**
 * The tutorial, typed as its reader would: what comes back is what docs/tutorial.md and its Japanese sister show. The VPS is
 * a network namespace with an SSH server where this account may make one, else a port and an account of this machine.
 * `npm run docs:tutorial` puts it into both pages.
 */

import { chownSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { machineRow } from '../support/netns.ts'
import { nobody, programsFor } from '../support/nobody.ts'
import { makeHome, startSshd } from '../support/sshd.ts'
import { standInTailscale } from '../support/tailscale/stand-in.ts'
import { TutorialMachine, type Typed } from '../support/tutorial-machine.ts'

const pages = ['docs/tutorial.md', 'docs/tutorial.ja.md'].map((path) => join(import.meta.dirname, '../..', path))
const block = /(?<=^```console\n).*?(?=^```$)/gms

test('from an empty VPS to a conversation, a tunnel, a node and an address in the tailnet', async () => {
  const typed: Typed[] = []
  const self = { name: 'vps', addresses: ['100.101.1.3'], os: 'linux' }
  using tailscale = standInTailscale({ self, peers: [] }, programsFor(nobody))
  if (nobody) for (const name of ['', 'serve.json']) chownSync(join(tailscale.env.PATH, name), nobody.uid, nobody.gid)
  const [port, local] = [String(await freePort()), String(await freePort())]
  using row = machineRow(1)
  const netns = row?.machines[0]
  const env = { CLAWDBOT_GATEWAY_PORT: port }
  const settings = { path: tailscale.env.PATH, env, account: nobody, netns: netns?.name }
  using vps = new TutorialMachine('vps', typed, settings)
  using laptop = new TutorialMachine('laptop', typed)
  using phone = new TutorialMachine('phone', typed)
  for (const { home } of [laptop, phone]) makeHome(home)
  await using sshd = await startSshd({ home: laptop.home, ...(netns && { netns }) })
  sshd.configure(`Host vps.example\n  HostName ${sshd.address}\n  Port ${sshd.port}\n  User ${sshd.user}\n`)
  const inSsh = (machine: TutorialMachine, name: string) => join(machine.home, '.ssh', name)
  for (const name of ['config', 'known_hosts']) copyFileSync(inSsh(laptop, name), inSsh(phone, name))
  sshd.authorize(...[laptop, phone].map((machine) => readFileSync(inSsh(machine, 'id_ed25519.pub'), 'utf8')))
  const step = async (machine: TutorialMachine, line: string, words: RegExp, code = 0) => {
    const { out, ...typed } = await machine.type(line)
    expect(out, line).toMatch(words)
    expect(typed.code, line).toBe(code)
  }
  try {
    await step(
      vps,
      'clawdbot onboard --non-interactive --provider builtin --auth token --run later',
      /✅ Gateway config/,
    )
    await step(vps, 'clawdbot token rotate --show', /new token/)
    const token = typed.at(-1)?.out.trimEnd().split('\n').at(-1) ?? ''
    for (const { home } of [laptop, phone]) writeFileSync(join(home, 'token'), token, { mode: 0o600 })
    await vps.typeAndLeave('clawdbot gateway start', 'Auth mode: token\n')
    await step(vps, 'clawdbot health', /healthy\n.*Authenticated/s)

    const add = `clawdbot profiles add vps --ssh vps.example --gateway-port ${port} --secret-file < token`
    await step(laptop, add, /✅ Added vps/)
    await step(laptop, 'clawdbot use vps', /✅ Using vps/)
    await step(laptop, 'clawdbot health', /healthy\n.*Authenticated/s)
    await step(laptop, 'echo "what can you do?" | clawdbot', /built-in guide/)
    await laptop.typeAndLeave(`clawdbot tunnel up vps --local-port ${local}`, '✅ Up (')
    await step(laptop, `curl -s http://127.0.0.1:${local}/health`, /"ok":true/)

    await step(phone, add, /✅ Added vps/)
    await step(phone, 'clawdbot node policy full', /full/)
    await phone.typeAndLeave('clawdbot node run --profile vps --name phone', '✅ Connected')
    await step(laptop, 'clawdbot nodes list', /Pending: 1 /)
    await step(laptop, 'clawdbot nodes approve phone', /✅ phone .* may be asked: system\.run/)
    await step(laptop, 'clawdbot nodes list', /Pending: 0 · Paired: 1\n.*phone/s)
    await step(laptop, 'clawdbot nodes run phone -- echo "printed by the phone"', /printed by the phone/)
    await step(laptop, 'clawdbot channels status', /./)

    await step(vps, 'clawdbot tailscale serve', /https:\/\/vps\.tail1234\.ts\.net\//)
    await step(vps, 'clawdbot tailscale funnel', /password/, 2)
    writeFileSync(join(vps.home, 'password'), 'correct horse battery staple mauve\n', { mode: 0o644 })
    await step(vps, 'clawdbot password set --stdin < password', /✅/)
    await step(vps, 'clawdbot tailscale funnel --confirm vps', /https:\/\/vps\.tail1234\.ts\.net\//)
    await step(vps, 'clawdbot tailscale off', /./)
    await step(vps, 'clawdbot security audit', /phone/, 1)
    const { out } = await vps.type('clawdbot doctor')
    typed.pop() // its lines differ from machine to machine
    expect(out).toMatch(/✅/)
  } finally {
    await phone.end()
    await laptop.end()
    await vps.end()
  }

  const printed = typed.map((each) => {
    const text = `${each.machine}$ ${each.line}\n${each.out.trimEnd()}\n`
    return [vps.home, laptop.home, phone.home]
      .reduce((now, home) => now.replaceAll(home, '/home/ada'), text)
      .replaceAll(port, '18789')
      .replaceAll(local, '8789')
      .replace(/^[\w-]{43}$/m, '<the token>')
      .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'ee10732d-d268-4734-823e-2f2ee7833606')
      .replace(/\b[0-9a-f]{4}(-[0-9a-f]{4}){3}\b/g, '5891-122b-eebc-b2b9')
      .replace(/\([0-9a-f]{8}\)/g, '(5891122b)')
      .replace(/\b[0-9a-f]{16}\b/g, '5891122beebcb2b9')
      .replace(/\b\d+m?s ago/g, '1s ago')
      .replace(/\*\*\S+\*\*/g, (name) => (name === `**${hostname()}**` ? '**vps**' : name))
  })
  for (const page of pages) {
    const text = readFileSync(page, 'utf8')
    if (process.env.WRITE_TUTORIAL) {
      let at = 0
      writeFileSync(
        page,
        text.replace(block, () => printed[at++] ?? ''),
      )
    } else expect(text.match(block), `${page} (else: npm run docs:tutorial)`).toEqual(printed)
  }
}, 300_000)
