/** What a person gets who presses tab in the real shells. */
import { execFile } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { saveProfile } from '../../src/client/saved-profiles.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import { Home } from '../client/support.ts'
import { built, compiledOnce, requireProgram } from '../support/programs.ts'
import { openPty } from '../support/pty.ts'
import { clawdbot } from './world.ts'

const run = promisify(execFile)

/** A home with the profile vps, `clawdbot` on the path, and the script of a shell. */
async function shellHome(shell: string) {
  const home = await Home.make()
  const keeping = { paths: home.paths, clock: systemClock }
  await saveProfile({ name: 'vps', ways: [{ kind: 'direct', url: 'wss://vps.example' }] }, undefined, keeping)
  const bin = join(home.dir, 'bin')
  await mkdir(bin)
  await writeFile(join(bin, 'clawdbot'), `#!/bin/sh\nexec '${process.execPath}' '${built('clawdbot')}' "$@"\n`)
  await chmod(join(bin, 'clawdbot'), 0o755)
  const script = join(home.dir, 'script')
  await writeFile(script, (await clawdbot(home, ['completion', shell])).out)
  const env = { ...compiledOnce, PATH: `${bin}:/usr/bin:/bin`, HOME: home.dir, CLAWDBOT_STATE_DIR: home.paths.stateDir }
  return { home, script, env, [Symbol.asyncDispose]: () => home[Symbol.asyncDispose]() }
}

const cases: [string, string[]][] = [
  ['gatew', ['gateway']],
  ['gateway st', ['start', 'stop', 'status']],
  ['gateway status --js', ['--json']],
  ['gateway start --bi', ['--bind']],
  ['gateway start --bind l', ['loopback', 'lan']],
  ['health --profile v', ['vps']],
  ['--profile v', ['vps']],
  ['tunnel up ', ['local', 'vps']],
  ['use l', ['local']],
  ['completion f', ['fish']],
  ['health --url ', []],
  ['backup fi', ['file.tar.gz']],
]

test('bash completes commands, flags, choices, profiles and files', async () => {
  await using place = await shellHome('bash')
  await writeFile(join(place.home.dir, 'file.tar.gz'), '')
  const asked = cases.map(([line]) => {
    const words = ['clawdbot', ...line.split(' ')]
    return `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _clawdbot; echo "\${COMPREPLY[*]}"`
  })
  const glued = `COMP_WORDS=(clawdbot health --profile = v); COMP_CWORD=4; _clawdbot; echo "\${COMPREPLY[*]}"`
  const words = ['--norc', '-c', `source "$0"; complete -p clawdbot; ${[...asked, glued].join('\n')}`, place.script]
  const { stdout, stderr } = await run('bash', words, { env: place.env, cwd: place.home.dir })
  expect(stderr).toBe('')
  const expected = cases.map(([, answers]) => answers.join(' '))
  expect(stdout.trimEnd().split('\n')).toEqual(['complete -F _clawdbot clawdbot', ...expected, 'vps'])
})

test('fish completes the same', async () => {
  await using place = await shellHome('fish')
  await writeFile(join(place.home.dir, 'file.tar.gz'), '')
  const asked = cases.map(([line]) => `complete -C 'clawdbot ${line}'; echo ---`).join('\n')
  const { stdout } = await run(requireProgram('fish'), ['--no-config', '-c', `source ${place.script}\n${asked}`], {
    ...{ env: place.env, cwd: place.home.dir },
  })
  const blocks = stdout.split('---\n').map((block) => block.split('\n').flatMap((row) => row.split('\t')[0] || []))
  expect(blocks.slice(0, cases.length).map((words) => words.toSorted())).toEqual(
    cases.map(([, words]) => words.toSorted()),
  )
})

test('zsh completes in its own line, with what each word is for', async () => {
  await using place = await shellHome('zsh')
  const lines = ['autoload -Uz compinit', 'compinit -u -D', `source ${place.script}`, 'PS1="> "', 'unsetopt beep']
  await writeFile(join(place.home.dir, '.zshrc'), lines.join('\n'))
  await using zsh = openPty(requireProgram('zsh'), ['-d', '-i'], { env: place.env, columns: 100 })
  await zsh.until(/^>$/m)
  zsh.send('clawdbot gateway st\t\t')
  await zsh.until(/status\s+-- whether it runs, with its facts/)
  zsh.send('\u0015clawdbot health --profile v\t')
  await zsh.until(/health --profile vps/)
  zsh.send('\u0015clawdbot gateway start --bind cu\t')
  await zsh.until(/--bind custom/)
  zsh.send('\u0015clawdbot gateway status --js\t')
  await zsh.until(/status --json/)
})
