/** Whose files these are, and as whom the gateway runs. */

import { shellWord } from '../../../shared/std/shell-words.ts'
import { defineCheck } from '../check.ts'

/** So many are named; a whole tree restored by root has thousands. */
const shown = 3

export const ownerMismatch = defineCheck({
  id: 'fs.owner_mismatch',
  severity: 'critical',
  about:
    'Files of the gateway belong to another account, which may read and change them whatever their mode says; or the gateway cannot open them.',
  remedy: '`sudo chown -R "$(id -un)" ~/.clawdbot`, after a look at who made them.',
  run({ files, account, stateDir }) {
    const foreign = account === undefined ? [] : files.filter(({ uid }) => uid !== account)
    const [first] = foreign
    if (first === undefined) return []
    const names = foreign.slice(0, shown).map(({ path }) => path)
    const more = foreign.length > shown ? ` and ${foreign.length - shown} more` : ''
    const whole = foreign.some(({ path }) => !path.startsWith(`${stateDir}/`))
      ? names.map(shellWord)
      : [shellWord(stateDir)]
    return [
      {
        message: `${names.join(', ')}${more} belong${foreign.length === 1 ? 's' : ''} to another account (uid ${first.uid})`,
        remedy: `Look who made them, then run: sudo chown -R ${account} ${whole.join(' ')}`,
      },
    ]
  },
})

export const runningAsRoot = defineCheck({
  id: 'gateway.running_as_root',
  severity: 'warning',
  about:
    'The gateway is root’s: a command that is approved by mistake, or a fault in the gateway, then has the whole machine.',
  remedy: 'Make an account of its own (`sudo useradd --create-home bot`) and run the gateway as that.',
  run: ({ files }) =>
    files
      .filter(({ part, uid }) => part === 'state' && uid === 0)
      .slice(0, 1)
      .map(({ path }) => ({
        message: `The gateway of ${path} runs as root, so every command it runs has the whole machine`,
        remedy: 'Run: sudo useradd --create-home bot; then start the gateway with: sudo -iu bot clawdbot gateway start',
      })),
})
