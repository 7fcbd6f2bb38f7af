/** Ways round an allowlist, collected from advisories and manuals; each must end in a question (requirement EX4, figure E14). */

import { readFileSync } from 'node:fs'

const fixture = (name: string): string[] =>
  readFileSync(new URL(`../fixtures/exec-bypasses/${name}.txt`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')

/** Text in which a shell would do more than start one program with literal words. */
export const shellTexts: readonly string[] = [
  ...fixture('needs-shell'),
  'ls\nid',
  'ls\r\nid',
  'ls\rid',
  'ls "a\\\nb"',
  'ls \\\nid',
  'ls\x00id',
  'ls \x1b[2J',
  'ls\x0bid',
  'ls\x0cid',
  'ls\x08\x08id',
  'ls \x7f',
]

/** Plain words: a program that would start another, or run code it is given. */
export const commandLines: readonly string[] = ['wrappers', 'interpreters', 'folder-runners', 'options'].flatMap(
  fixture,
)

/** One name on the outside, another program inside. `path` is what the name resolves to. */
export const disguised: readonly { argv: [string, ...string[]]; path: string }[] = [
  { argv: ['ls'], path: '/bin/busybox' },
  { argv: ['ls'], path: '/usr/bin/busybox.static' },
  { argv: ['ls'], path: '/usr/bin/toybox' },
  { argv: ['ls'], path: '/usr/lib/cargo/bin/coreutils' },
  { argv: ['ls'], path: '/usr/bin/env' },
  { argv: ['ls'], path: '/usr/bin/dash' },
  { argv: ['editor'], path: '/usr/bin/vim.basic' },
  { argv: ['pager'], path: '/usr/bin/less' },
  { argv: ['tool'], path: '/usr/bin/python3.11' },
  { argv: ['tool'], path: '/usr/bin/perl5.36.0' },
  { argv: ['tool'], path: '/usr/bin/mawk' },
  { argv: ['cc'], path: '/usr/bin/x86_64-linux-gnu-gcc-12' },
  { argv: ['nc'], path: '/usr/bin/nc.openbsd' },
  { argv: ['nc'], path: '/usr/bin/nc.traditional' },
  { argv: ['sh'], path: '/usr/local/bin/harmless' },
  { argv: ['/tmp/../bin/env'], path: '/usr/local/bin/harmless' },
  { argv: ['./run'], path: '/home/u/desk/run' },
  { argv: ['run'], path: '/home/u/desk/bin/run' },
  { argv: ['SUDO'], path: '/usr/bin/SUDO' },
  { argv: ['Env'], path: '/usr/bin/Env' },
  { argv: ['cat', '/home/u/.clawdbot/clawdbot.json'], path: '/usr/bin/cat' },
  { argv: ['cat', '../.clawdbot/clawdbot.db'], path: '/usr/bin/cat' },
  { argv: ['cat', './../.clawdbot/../.clawdbot/x'], path: '/usr/bin/cat' },
  { argv: ['cp', 'x', '/home/u/.clawdbot/allowed-commands.json'], path: '/usr/bin/cp' },
  { argv: ['dd', 'of=/home/u/.clawdbot/clawdbot.json'], path: '/usr/bin/dd' },
  { argv: ['cat', '--file=/home/u/.clawdbot/x'], path: '/usr/bin/cat' },
  { argv: ['cat', '-f/home/u/.clawdbot/x'], path: '/usr/bin/cat' },
]
