/** The folder of everything the gateway keeps: who may look in, what it really is, and where it lies. */

import { shellWord } from '../../../shared/std/shell-words.ts'
import { openFiles } from '../access.ts'
import { defineCheck } from '../check.ts'

const remedy = '`chmod 700 ~/.clawdbot`'

export const stateDirWorldWritable = defineCheck({
  id: 'fs.state_dir.perms_world_writable',
  severity: 'critical',
  about: 'Every account of the machine may put files into the state folder: its own token, settings and keys.',
  remedy,
  run: (facts) => openFiles(facts, ['state'], ['world-writable']),
})

export const stateDirGroupWritable = defineCheck({
  id: 'fs.state_dir.perms_group_writable',
  severity: 'warning',
  about: 'Accounts of the folder’s group may put files into the state folder.',
  remedy,
  run: (facts) => openFiles(facts, ['state'], ['group-writable']),
})

export const stateDirReadable = defineCheck({
  id: 'fs.state_dir.perms_readable',
  severity: 'warning',
  about: 'Other accounts see what lies in the state folder, and read whatever file in it is not private itself.',
  remedy,
  run: (facts) => openFiles(facts, ['state'], ['world-readable', 'group-readable']),
})

export const stateDirLink = defineCheck({
  id: 'fs.state_dir.symlink',
  severity: 'warning',
  about: 'The state folder is a link: whoever may change the link decides which token and settings count.',
  remedy: 'Set `CLAWDBOT_STATE_DIR` to the folder itself.',
  run: ({ files }) =>
    files
      .filter(({ part, kind }) => part === 'state' && kind === 'link')
      .map(({ path, target = '' }) => ({
        message: `${path} is a link to ${target}`,
        remedy: `Set CLAWDBOT_STATE_DIR=${shellWord(target)}, for the gateway and in your shell`,
      })),
})

/** Folders whose contents a program copies to other machines. */
const synced: readonly [RegExp, string][] = [
  [/\/(Library\/Mobile Documents|iCloud ?Drive)(\/|$)/i, 'iCloud'],
  [/\/Dropbox( \([^/]*\))?(\/|$)/i, 'Dropbox'],
  [/\/(Google ?Drive|GoogleDrive[^/]*|My Drive)(\/|$)/i, 'Google Drive'],
  [/\/OneDrive[^/]*(\/|$)/i, 'OneDrive'],
  [/\/(Nextcloud|ownCloud|pCloud ?Drive|Syncthing|Sync)(\/|$)/i, 'a synchronized folder'],
]

export const syncedFolder = defineCheck({
  id: 'fs.synced_dir',
  severity: 'warning',
  about:
    'A program copies the state folder, its secrets included, to other machines; and a database copied while it is in use comes back damaged.',
  remedy: 'Stop the gateway, move the folder out of there, and set `CLAWDBOT_STATE_DIR` to its new place.',
  run({ stateDir }) {
    const path = stateDir.replaceAll('\\', '/')
    const service = synced.find(([place]) => place.test(path))?.[1]
    if (service === undefined) return []
    return [
      {
        message: `${stateDir} lies in ${service}, which copies its secrets to other machines`,
        remedy: `Run: clawdbot gateway stop; then mv ${shellWord(stateDir)} ~/.clawdbot, and unset CLAWDBOT_STATE_DIR`,
      },
    ]
  },
})
