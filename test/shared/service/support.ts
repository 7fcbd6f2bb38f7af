/** A service with names and paths as odd as people make them. */

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ServiceSpec } from '../../../src/shared/service/spec.ts'

export const oddNames = [
  'plain',
  'with space',
  'dollar$HOME${HOME}',
  'percent%h%%',
  'quo"te\'s',
  'back\\slash\\x41',
  'semi;colon & <tag>',
  'ünïcødé 日本語',
  '#hash',
  '-dash',
  '~tilde',
  '*glob?[a]',
]

/** A spec whose program, words, variables and paths all hold `name`; the program exists. */
export function oddSpec(folder: string, name: string): ServiceSpec {
  const home = join(folder, name)
  mkdirSync(home, { recursive: true })
  const program = join(home, 'program')
  writeFileSync(program, '#!/bin/sh\nexit 0\n')
  chmodSync(program, 0o755)
  return {
    name: 'clawdbot-test',
    description: `The tunnel of ${name}`,
    argv: [program, 'tunnel', 'up', name, ''],
    environment: { CLAWDBOT_STATE_DIR: home, PATH: `/usr/bin:${home}` },
    writablePaths: [home, join(home, 'not there yet')],
    logPath: join(home, 'tunnel.log'),
    memoryMax: '1G',
    finalExitCodes: [2, 3],
  }
}
