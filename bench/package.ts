/** What installing takes: the packed tarball in an empty folder, without scripts, as a stranger gets it. */

import { mkdtempDisposable, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { footprint, install, pack } from '../scripts/smoke/tarball.ts'
import { report } from './report.ts'

await using folder = await mkdtempDisposable(join(tmpdir(), 'clawdbot-bench-package-'))
await using prefix = await mkdtempDisposable(join(tmpdir(), 'clawdbot-bench-prefix-'))
const tarball = await pack(folder.path)
await install(tarball, prefix.path)
const { packages, megabytes } = await footprint(prefix.path)

report('The installed package', [
  { name: 'tarball', samples: [(await stat(tarball)).size / 1e6], unit: 'MB' },
  { name: 'installed, all packages together', samples: [megabytes], unit: 'MB', budget: 60 },
  { name: 'packages installed', samples: [packages], unit: 'packages', budget: 90 },
])
