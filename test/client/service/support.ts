/** Stands for `systemctl`, `loginctl` and `launchctl`: writes down what was asked, answers as the test says. */

import type { AskProgram, ProgramAnswer } from '../../../src/client/system-programs.ts'
import type { ServiceSpec } from '../../../src/shared/service/spec.ts'

export function scriptedPrograms(answers: Readonly<Record<string, Partial<ProgramAnswer> | Partial<ProgramAnswer>[]>>) {
  const asked: string[] = []
  const left = new Map(Object.entries(answers).map(([line, one]) => [line, Array.isArray(one) ? [...one] : one]))
  const ask: AskProgram = async (program, args) => {
    const line = [program, ...args].join(' ')
    asked.push(line)
    const found = [...left].find(([start]) => line.startsWith(start))?.[1]
    const answer = Array.isArray(found) ? (found.length > 1 ? found.shift() : found[0]) : found
    return { code: 0, stdout: '', stderr: '', ...answer }
  }
  /** What was asked since the last time. */
  const take = () => asked.splice(0)
  return { ask, take }
}

export const spec: ServiceSpec = {
  name: 'clawdbot-tunnel-abc',
  description: 'the tunnel of vps',
  argv: ['/usr/bin/node', '/opt/clawdbot/clawdbot.js', 'tunnel', 'up', 'vps'],
  environment: { PATH: '/usr/bin' },
  writablePaths: ['/home/ann/.clawdbot'],
  logPath: '/tmp/unused.log',
  memoryMax: '1G',
  finalExitCodes: [2, 3],
}
