/** A home of a test's own with a state folder in it, there before each test of the file and gone after it. */

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'

export class StateHome {
  path = ''

  constructor() {
    beforeEach(() => {
      this.path = mkdtempSync(join(tmpdir(), 'audit-'))
      mkdirSync(this.inState(), { mode: 0o700 })
    })
    afterEach(() => rmSync(this.path, { recursive: true }))
  }

  inState(...parts: string[]): string {
    return join(this.path, '.clawdbot', ...parts)
  }

  /** Writes a file of the state folder with just these permissions, whatever the umask. */
  put(name: string, text: string, bits = 0o600): string {
    const path = this.inState(name)
    writeFileSync(path, text)
    chmodSync(path, bits)
    return path
  }
}
