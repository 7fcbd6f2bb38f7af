/** Text to everything that reads the configuration, as a person, an editor or a broken disk may leave it. */

import { setSetting, unsetSetting } from '../../src/server/config/edit.ts'
import { checkConfigText } from '../../src/server/config/load.ts'
import { Fault } from '../../src/shared/fault.ts'
import { type Fuzzing, inputs, withoutThrowing } from './corpus.ts'

const where = { path: '/nowhere/clawdbot.json', env: { HOME: '/nowhere', NAME: 'value' } }

export function fuzzConfig(fuzzing: Fuzzing): void {
  for (const input of inputs('config', fuzzing)) {
    const snapshot = withoutThrowing('config', input, (text) => checkConfigText(where, text))
    if (!snapshot.valid && snapshot.issues.length === 0) throw new Error('refused without a reason')
    // Only a text that could be read is edited.
    if (snapshot.issues.some(({ path }) => path === '')) continue
    withoutThrowing('config', input, (text) => orFault(() => setSetting(text, ['gateway', 'port'], 1)))
    withoutThrowing('config', input, (text) => orFault(() => unsetSetting(text, ['gateway', 'port'])))
  }
}

function orFault(edit: () => string): string {
  try {
    return edit()
  } catch (error) {
    if (error instanceof Fault) return ''
    throw error
  }
}
