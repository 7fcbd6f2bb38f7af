import { expect, test } from 'vitest'
import type { Action } from '../../src/exec/command.ts'
import { canBeRemembered, decide, type ExecPolicy } from '../../src/exec/policy.ts'
import type { AllowRule } from '../../src/exec/rules.ts'
import { readCommandLine } from '../../src/exec/words.ts'
import { shellWords } from '../../src/shared/std/shell-words.ts'
import { commandLines, disguised, shellTexts } from './bypasses.ts'

const cwd = '/home/u/desk'

function policy(rules: AllowRule[], mode: ExecPolicy['mode'] = 'allowlist'): ExecPolicy {
  return { mode, owner: 'gateway', rules, protectedPaths: ['/home/u/.clawdbot'], workspace: cwd }
}

function actionOf(text: string): Action {
  const line = readCommandLine(text)
  if (line.kind === 'empty') throw new Error(`empty: ${text}`)
  return line.kind === 'plain' ? { kind: 'argv', argv: line.words } : { kind: 'shell', text, why: line.why }
}

/** The verdict under a list that allows this very program with any arguments and options whatever. */
function verdictOf(action: Action, path?: string): string {
  const program = path ?? (action.kind === 'argv' ? `/usr/bin/${action.argv[0].split('/').at(-1)}` : '/usr/bin/dash')
  const everything = policy([{ program, args: ['-**'] }])
  return decide(everything, { action, cwd, program: { path: program } }, false).kind
}

test('EX4: the corpus holds at least 300 different bypasses', () => {
  const all = [...shellTexts, ...commandLines, ...disguised.map(({ argv, path }) => `${path} ${shellWords(argv)}`)]
  expect(new Set(all).size).toBe(all.length)
  expect(all.length).toBeGreaterThanOrEqual(300)
})

test('EX4: text that needs a shell is asked about, whatever the list says', () => {
  const passed = shellTexts.filter((text) => actionOf(text).kind !== 'shell' || verdictOf(actionOf(text)) !== 'ask')
  expect(passed).toEqual([])
})

test('EX4: programs that start others or run code are asked about, even when listed with every argument', () => {
  const passed = commandLines.filter((text) => verdictOf(actionOf(text)) !== 'ask')
  expect(passed).toEqual([])
})

test('EX4: another name, a multi-call program, the workspace and the files of the gateway do not get round the list', () => {
  const passed = disguised.filter(({ argv, path }) => verdictOf({ kind: 'argv', argv }, path) !== 'ask')
  expect(passed).toEqual([])
})

test.each([
  ['df -h', '/usr/bin/df', ['-h']],
  ['uptime', '/usr/bin/uptime', []],
  ['ls -la /var/log', '/usr/bin/ls', ['-la', '*']],
  ['find . -name x', '/usr/bin/find', ['-**']],
  ['tar -tf backup.tar', '/usr/bin/tar', ['-tf', '*']],
  ['systemctl status nginx', '/usr/bin/systemctl', ['status', '*']],
])('EX4: %s runs unasked when a rule covers it', (text, program, args) => {
  const facts = { action: actionOf(text), cwd, program: { path: program } }
  expect(decide(policy([{ program, args }]), facts, false)).toEqual({ kind: 'allow', because: 'rule' })
  expect(decide(policy([{ program, args }], 'ask'), facts, false).kind).toBe('ask')
  expect(decide(policy([]), facts, false)).toEqual({ kind: 'ask', why: 'no rule covers it' })
})

test('EX4: rules name the resolved program; a file of the same name elsewhere is another one', () => {
  const rules = [{ program: '/usr/bin/df', args: ['-**'] }]
  const facts = { action: actionOf('df'), cwd, program: { path: '/tmp/df' } }
  expect(decide(policy(rules), facts, false).kind).toBe('ask')
})

test('deny refuses and full runs, whatever the command', () => {
  const facts = { action: actionOf('sudo id; ls'), cwd, program: { path: '/usr/bin/dash' } }
  expect(decide(policy([], 'deny'), facts, true).kind).toBe('deny')
  expect(decide(policy([], 'full'), facts, false)).toEqual({ kind: 'allow', because: 'full' })
})

test('what was allowed for good runs again only where its words fully decide what happens', () => {
  const at = (text: string, path = '/usr/bin/uptime') => ({ action: actionOf(text), cwd, program: { path } })
  expect(decide(policy([], 'ask'), at('uptime'), true)).toEqual({ kind: 'allow', because: 'remembered' })
  expect(decide(policy([], 'ask'), at('ls /tmp | wc -l', '/usr/bin/dash'), true).kind).toBe('allow')
  const unfit = ['python x.py', 'ls | sh', 'cd x && ls', 'ls *', 'ls $X', 'A=b ls', 'ls; bash x', '. ./x', 'ls > ~/x']
  expect(unfit.filter((text) => canBeRemembered(policy([]), at(text)))).toEqual([])
})
