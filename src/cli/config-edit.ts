/** `clawdbot config edit`: the file in the person's editor; what does not validate is never put in its place, and what cannot be is kept. */

import { Fault } from '../shared/fault.ts'
import { defineCommand } from './command.ts'
import { report } from './config.ts'
import { usage } from './parse.ts'
import { harmless } from './style.ts'

export const configEdit = defineCommand({
  name: 'config edit',
  about: 'open the file in $EDITOR; checked before it is put in place',
  flags: { json: { type: 'boolean', about: 'print JSON' } },
  async run(invocation) {
    const { host, edit, keepText, err, person, signal } = invocation
    if (!person.isThere) {
      throw usage('There is no terminal for an editor: config set and unset change single settings', 'config edit')
    }
    const { config } = await host()
    const { raw, hash } = config.look()
    const before = raw ?? '{\n  // docs/config.md lists every setting.\n}\n'
    let text = before
    try {
      for (;;) {
        text = (await edit(text, fileName)) ?? noEditor()
        const problems = text === before ? undefined : config.problems(text)
        if (problems === undefined) {
          const change = config.replace(text === before ? (raw ?? '') : text, hash)
          return report(invocation, config, 'what you edited', change)
        }
        err(`❌ ${harmless(problems)}\n`)
        if (!(await person.confirm('Edit it again? Otherwise nothing is changed.', true, signal))) return 2
      }
    } catch (error) {
      if (text !== before) {
        const kept = await keepText(text, fileName)
        err(`📝 What you edited is kept in ${kept}\n`)
        if (raw !== null) err(`   To see what differs: diff ${config.path} ${kept}\n`)
      }
      throw error
    }
  },
})

/** Tells an editor what kind of text it is. */
const fileName = 'clawdbot.json5'

function noEditor(): never {
  throw new Fault('usage.invalid', 'No editor ended well; nothing was changed', {
    remedy: 'Set EDITOR to a program that waits until the file is closed, such as nano or "code --wait".',
  })
}
