import { expect, test } from 'vitest'
import { securityText } from '../../../src/tui/commands/security.ts'
import { expectFrame } from '../../support/frames.ts'
import { type ScriptedGateway, scriptedGateway } from '../../support/scripted-gateway.ts'
import { arrived, called } from '../../support/ui.tsx'

const report = {
  checks: 48,
  findings: [
    {
      id: 'fs.config.world_readable',
      severity: 'critical' as const,
      message: 'Every account of this machine may read /home/ada/.clawdbot/clawdbot.json (mode 644)',
      remedy: 'Run: chmod 600 /home/ada/.clawdbot/clawdbot.json',
    },
    {
      id: 'logging.debug_in_production',
      severity: 'warning' as const,
      message: 'The log tells everything (logging.level is debug)',
      remedy: 'When you are done looking, run: clawdbot config set logging.level info',
    },
    {
      id: 'summary.attack_surface',
      severity: 'info' as const,
      message: 'In short: listens on loopback; asks for a token',
      remedy: 'Knock at it as an attacker would: clawdbot security audit --deep',
    },
  ],
}

/** Tells that it looks at itself. */
function offers(script: ScriptedGateway): void {
  const { hello } = script.gateway.view
  if (hello)
    script.become({ hello: { ...hello, features: { methods: [...hello.features.methods, 'security.audit'] } } })
}

test.each([
  { columns: 80, rows: 24 },
  { columns: 40, rows: 10 },
])('what the gateway finds is a page, worst first, at $columns×$rows', async (size) => {
  const script = scriptedGateway({ 'security.audit': () => report })
  await using screen = await arrived(script, size)
  offers(script)
  await screen.type('/security<enter>')
  await screen.after()
  await expectFrame(screen, `security-${size.columns}x${size.rows}`)
  expect(called(script, 'security.audit')).toEqual([{}])
})

test('a gateway that does not look at itself is not asked, and the page says what to do instead', async () => {
  const script = scriptedGateway({ 'security.audit': () => report })
  await using screen = await arrived(script)
  await screen.type('/security<enter>')
  await screen.after()
  expect(screen.text()).toContain('clawdbot security audit')
  expect(called(script, 'security.audit')).toEqual([])
})

test('a refusal is a sentence on the page', async () => {
  const script = scriptedGateway({
    'security.audit': () => {
      throw new Error('missing scope: operator.admin')
    },
  })
  await using screen = await arrived(script)
  offers(script)
  await screen.type('/security<enter>')
  await screen.after()
  expect(screen.text()).toContain('missing scope: operator.admin')
})

test('without findings it says so; nothing a gateway says breaks the page', () => {
  expect(securityText({ checks: 48, findings: [] })).toContain('Nothing to worry about')
  const [finding] = report.findings
  const odd = { ...finding, severity: 'info' as const, id: 'a\tb', message: 'one\ntwo', remedy: 'x' }
  expect(securityText({ checks: 1, findings: [odd] })).toContain('one two\n\tx\n\t[a b]\n')
})
