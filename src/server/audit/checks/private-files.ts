/** Files that hold secrets, conversations or logs, or that decide what runs unasked: only this account may open them. */

import { openFiles } from '../access.ts'
import { defineCheck } from '../check.ts'

export const credentialsFolderWritable = defineCheck({
  id: 'fs.credentials_dir.perms_writable',
  severity: 'critical',
  about: 'Other accounts may exchange the keys and secrets in the folder for their own.',
  remedy: '`chmod 700 ~/.clawdbot/secrets ~/.clawdbot/identity`',
  run: (facts) => openFiles(facts, ['credentials-folder'], ['world-writable', 'group-writable']),
})

export const credentialsFolderReadable = defineCheck({
  id: 'fs.credentials_dir.perms_readable',
  severity: 'warning',
  about: 'Other accounts see which secrets and keys there are.',
  remedy: '`chmod 700 ~/.clawdbot/secrets ~/.clawdbot/identity`',
  run: (facts) => openFiles(facts, ['credentials-folder'], ['world-readable', 'group-readable']),
})

export const credentialWritable = defineCheck({
  id: 'fs.auth_profiles.perms_writable',
  severity: 'critical',
  about:
    'Other accounts may change a file that holds a secret, or that decides where secrets go or what runs unasked: the token, secrets of profiles, the device’s key, the profiles, the commands allowed for good.',
  remedy: '`chmod 600` on the named file.',
  run: (facts) => openFiles(facts, ['credential'], ['world-writable', 'group-writable']),
})

export const credentialReadable = defineCheck({
  id: 'fs.auth_profiles.perms_readable',
  severity: 'critical',
  about: 'Other accounts may read a secret or a key of this gateway or of the gateways that are saved here.',
  remedy: '`chmod 600` on the named file; then make a new secret, as the old one may be known.',
  run: (facts) => openFiles(facts, ['credential'], ['world-readable', 'group-readable']),
})

export const storeReadable = defineCheck({
  id: 'fs.sessions_store.perms_readable',
  severity: 'warning',
  about: 'Other accounts may read or change the conversations, or what waits to be sent.',
  remedy: '`chmod 600` on the named file.',
  run: (facts) => openFiles(facts, ['store'], ['world-writable', 'group-writable', 'world-readable', 'group-readable']),
})

export const logReadable = defineCheck({
  id: 'fs.log_file.perms_readable',
  severity: 'warning',
  about: 'Other accounts may read or change the logs: who came, what ran, what was said about it.',
  remedy: '`chmod 600` on the named file.',
  run: (facts) => openFiles(facts, ['log'], ['world-writable', 'group-writable', 'world-readable', 'group-readable']),
})
