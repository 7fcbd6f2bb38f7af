/** Builds `dist` once before the tests when it is stale, so that those who run the real programs can rely on it. */

import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { isBuilt } from '../../scripts/bootstrap/sources.mjs'

declare module 'vitest' {
  interface ProvidedContext {
    /** What the build said when it failed, else empty. */
    buildFailure: string
    /** A folder that every account may enter, for as long as the tests run. */
    openFolder: string
  }
}

/** A failed build fails the tests that need it, and `test/scripts/build.test.ts`; the others still run. */
export function setup(project: TestProject): () => void {
  const root = join(import.meta.dirname, '../..')
  const build = () => spawnSync(process.execPath, [join(root, 'scripts/build.ts')], { cwd: root, encoding: 'utf8' })
  const { status, stderr } = isBuilt(root) ? { status: 0, stderr: '' } : build()
  project.provide('buildFailure', status === 0 ? '' : `The build failed:\n${stderr}`)
  const folder = mkdtempSync(join(tmpdir(), 'clawdbot-open-'))
  chmodSync(folder, 0o755)
  project.provide('openFolder', folder)
  return () => rmSync(folder, { recursive: true, force: true })
}
