/** Each check finds what it is for and nothing near it; ids, severities and remedies keep to their form. */

import { expect, test } from 'vitest'
import { absent, repaired } from '../../../scripts/docs/audit.ts'
import { commandTable } from '../../../src/cli/table.ts'
import { auditReport } from '../../../src/server/audit/report.ts'
import { auditChecks } from '../../../src/server/audit/table.ts'
import { cases } from './cases.ts'
import { quiet } from './facts.ts'

test('every check has a state it must find and one that is fine, and no case is left without a check', () => {
  const ids = auditChecks.map(({ id }) => id)
  expect(Object.keys(cases).toSorted()).toEqual(ids.toSorted())
  expect(new Set(ids).size).toBe(ids.length)
})

test.each(auditChecks)('E21: $id is found where it is, and not where it is not', ({ id, run }) => {
  const found = run(cases[id]?.fails(quiet()) ?? quiet())
  expect(found.map(({ message }) => message).join('\n')).toContain(cases[id]?.says)
  // The summary is there always: it says what is so.
  expect(run(cases[id]?.passes(quiet()) ?? quiet())).toHaveLength(id === 'summary.attack_surface' ? 1 : 0)
})

test('a default install has nothing critical and no warning', () => {
  const { findings } = auditReport(auditChecks, quiet())
  expect(findings.map(({ id, severity }) => `${severity} ${id}`)).toEqual([
    'info gateway.unix_socket_available',
    'info summary.attack_surface',
  ])
})

test('each finding says what to do, with a command that exists', () => {
  const remedies = auditChecks.flatMap(({ id, run }) =>
    run(cases[id]?.fails(quiet()) ?? quiet()).map(({ remedy }) => remedy),
  )
  const general = auditChecks.map(({ remedy }) => remedy)
  const names = new Set(commandTable.map(({ name }) => name))
  for (const text of [...remedies, ...general]) {
    for (const [, words = ''] of text.matchAll(/(?<![/.\w-])clawdbot ((?:[a-z]+ ?){1,2})/g)) {
      const [first = '', second = ''] = words.trim().split(' ')
      expect(names.has(`${first} ${second}`) || names.has(first), `${text} names clawdbot ${words}`).toBe(true)
    }
    expect(text).toMatch(/[.`)\w"'}>*]$/)
  }
})

test('what --fix repairs is what the page says', () => {
  const offers = auditChecks.filter(({ id, run }) =>
    run(cases[id]?.fails(quiet()) ?? quiet()).some(({ repair }) => repair !== undefined),
  )
  const said = auditChecks.filter(({ id }) => repaired.some((pattern) => pattern.test(id)))
  expect(offers.map(({ id }) => id)).toEqual(said.map(({ id }) => id))
})

test('worst first, the order of the table within', () => {
  const spoil = ['tools.exec.full', 'logging.redact_off', 'fs.config.world_readable'].map((id) => cases[id])
  const facts = spoil.reduce((spoiled, one) => one?.fails(spoiled) ?? spoiled, quiet())
  const settings = { ...facts.config.settings, tools: cases['tools.exec.full']?.fails(quiet()).config.settings.tools }
  const { findings } = auditReport(auditChecks, { ...facts, config: { ...facts.config, settings: settings as never } })
  expect(findings.filter(({ severity }) => severity !== 'info').map(({ id }) => id)).toEqual([
    'fs.config.world_readable',
    'tools.exec.full',
    'logging.redact_off',
  ])
})

test('the page says of no id that it is not looked for while it is', () => {
  const ids = auditChecks.map(({ id }) => id)
  const patterns = absent
    .flatMap(([names]) => names)
    .map((name) => new RegExp(`^${name.replaceAll('.', '\\.').replaceAll('*', '.*')}$`))
  expect(ids.filter((id) => patterns.some((pattern) => pattern.test(id)))).toEqual([])
})
