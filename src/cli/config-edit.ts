/** `clawdbot config edit`: the file in the person's editor; what does not validate is never put in its place. */

import { Fault } from '../shared/fault.ts'
import { defineCommand } from './command.ts'
import { report } from './config.ts'
import { harmless } from './style.ts'

export const configEdit = defineCommand({
  name: 'config edit',
  about: 'open the file in $EDITOR; checked before it is put in place',
  flags: { json: { type: 'boolean', about: 'print JSON' } },
  async run(invocation) {
    const { host, edit, err, person, signal } = invocation
    const { config } = await host()
    const { raw, hash } = config.look()
    const before = raw ?? '{\n  // docs/config.md lists every setting.\n}\n'
    for (let text = before; ; ) {
      const edited = await edit(text, 'clawdbot.json5')
      if (edited === undefined) {
        throw new Fault('usage.invalid', 'No editor ended well; nothing was changed', {
          remedy: 'Set EDITOR to a program that waits until the file is closed, such as nano or "code --wait".',
        })
      }
      const problems = config.problems(edited)
      if (edited === before || problems === undefined) {
        return report(
          invocation,
          config,
          'what you edited',
          config.replace(edited === before ? (raw ?? '') : edited, hash),
        )
      }
      err(`❌ ${harmless(problems)}\n`)
      if (!(await person.confirm('Edit it again? Otherwise nothing is changed.', true, signal))) return 2
      text = edited
    }
  },
})
