/** What every picture needs: a home of its own, the built terminal in it, and the place where pictures are kept. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPty, type Pty } from '../../test/support/pty.ts'
import { draw } from './svg.ts'

const root = join(import.meta.dirname, '../..')

export const program = (name: 'clawdbot' | 'clawdbot-server'): string => join(root, 'dist', `${name}.js`)

/** The folder is gone afterwards. */
export async function inHome(play: (home: string) => Promise<void>): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'clawdbot-picture-'))
  try {
    await play(home)
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

export function openTerminal(home: string, env: Record<string, string>, rows = 30): Pty {
  return openPty(process.execPath, [program('clawdbot')], {
    ...{ columns: 92, rows, cwd: home },
    env: { HOME: home, COLORTERM: 'truecolor', COLORFGBG: '15;0', ...env },
  })
}

export function save(name: string, screen: Pty, title: string): void {
  writeFileSync(join(root, 'docs', `${name}.svg`), draw(screen, title))
}
