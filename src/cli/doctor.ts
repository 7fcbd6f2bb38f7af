/** `clawdbot doctor`: whether everything the gateway of this machine needs is as it should be, a line each. */

import { defineCommand } from './command.ts'
import { type DoctorLine, doctorLines } from './doctor-lines.ts'
import { lookAround } from './doctor-look.ts'
import type { SecurityReport } from './host.ts'
import { oneLine } from './style.ts'

export const doctor = defineCommand({
  name: 'doctor',
  about:
    'look over everything the gateway of this machine needs, a line each; exit code 2 for something wrong, 1 for a warning',
  flags: {
    fix: {
      type: 'boolean',
      about: 'repair what is safe to repair, as security audit --fix does; says what it changed',
    },
    json: { type: 'boolean', about: 'print JSON' },
  },
  async run(world) {
    const { out, flags } = world
    const looked = await lookAround(world, flags.fix)
    const lines = doctorLines(looked)
    const code = lines.some(({ level }) => level === 'problem')
      ? 2
      : lines.some(({ level }) => level === 'warning')
        ? 1
        : 0
    const { repaired } = looked.report
    if (flags.json) out(`${JSON.stringify({ ok: code === 0, lines, ...(flags.fix ? { repaired } : {}) }, null, 2)}\n`)
    else out(`${flags.fix ? repairsText(repaired) : ''}${lines.map(lineText).join('')}${verdict(code, flags.fix)}`)
    return code
  },
})

const icons: Readonly<Record<DoctorLine['level'], string>> = { ok: '✅', hint: '💡', warning: '⚠️ ', problem: '❌' }

const labelWidth = 13

function lineText({ about, level, text, remedy }: DoctorLine): string {
  const head = `${icons[level]} ${`${about}:`.padEnd(labelWidth)}${oneLine(text)}\n`
  return remedy === undefined ? head : `${head}${' '.repeat(labelWidth + 3)}${oneLine(remedy)}\n`
}

function repairsText(repaired: SecurityReport['repaired']): string {
  return repaired.map(({ message, isDone }) => `🔧 ${isDone ? '' : 'not repaired: '}${oneLine(message)}\n`).join('')
}

function verdict(code: number, isFixed: boolean): string {
  if (code === 0) return '\nEverything is as it should be.\n'
  return isFixed ? '\nThe rest takes you.\n' : '\nWhat is safe to repair: clawdbot doctor --fix\n'
}
