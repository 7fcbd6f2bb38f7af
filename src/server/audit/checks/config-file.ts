/** The configuration file and its last good copy: who else may read or change them, and whether the file is one. */

import { shellWord } from '../../../shared/std/shell-words.ts'
import { openFiles } from '../access.ts'
import { defineCheck } from '../check.ts'

const remedy = '`chmod 600 ~/.clawdbot/clawdbot.json`'

export const configWritable = defineCheck({
  id: 'fs.config.perms_writable',
  severity: 'critical',
  about: 'Other accounts may change the settings, and so decide who gets in and what runs unasked.',
  remedy,
  run: (facts) => openFiles(facts, ['config'], ['world-writable', 'group-writable']),
})

export const configWorldReadable = defineCheck({
  id: 'fs.config.world_readable',
  severity: 'critical',
  about: 'Every account of the machine may read the settings, with whatever secret stands in them.',
  remedy,
  run: (facts) => openFiles(facts, ['config'], ['world-readable']),
})

export const configGroupReadable = defineCheck({
  id: 'fs.config.group_readable',
  severity: 'warning',
  about: 'Accounts of the file’s group may read the settings, with whatever secret stands in them.',
  remedy,
  run: (facts) => openFiles(facts, ['config'], ['group-readable']),
})

export const configLink = defineCheck({
  id: 'fs.config.symlink',
  severity: 'warning',
  about: 'The configuration file is a link. The gateway does not read secrets through links, so it will not start.',
  remedy: 'Set `CLAWDBOT_CONFIG_PATH` to the file itself.',
  run: ({ files }) =>
    files
      .filter(({ part, kind }) => part === 'config' && kind === 'link')
      .map(({ path, target = '' }) => ({
        message: `${path} is a link to ${target}; the gateway does not read settings through links`,
        remedy: `Set CLAWDBOT_CONFIG_PATH=${shellWord(target)}, for the gateway and in your shell`,
      })),
})
