/** Real browsers without a window, each with a profile of its own that ends with it. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { requireProgram } from './programs.ts'

export type BrowserName = 'chromium' | 'firefox-esr'

/** Opens a page. Names that are not of this machine are resolved and reached by `socksPort`. */
export function openBrowser(name: BrowserName, url: string, { socksPort }: { socksPort: number }): AsyncDisposable {
  const folder = mkdtempSync(join(tmpdir(), 'clawdbot-browser-'))
  const child = spawn(requireProgram(name), [...flags[name](folder, socksPort), url], {
    stdio: 'ignore',
    detached: true, // with all its helpers in one process group, which ends as one
    env: { ...process.env, HOME: folder },
  })
  const exit = once(child, 'exit')
  return {
    async [Symbol.asyncDispose]() {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
      await exit
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
    },
  }
}

/** What Chromium asks people before a page may reach this machine is turned off: nothing may rest on it. */
const flags: Record<BrowserName, (folder: string, socksPort: number) => string[]> = {
  chromium: (folder, socksPort) => [
    ...['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', `--user-data-dir=${folder}`],
    ...['--disable-features=LocalNetworkAccessChecks', `--proxy-server=socks5://127.0.0.1:${socksPort}`],
  ],
  'firefox-esr': (folder, socksPort) => {
    const settings = {
      'network.proxy.type': 1,
      'network.proxy.socks': '127.0.0.1',
      'network.proxy.socks_port': socksPort,
      'network.proxy.socks_remote_dns': true,
      'network.lna.enabled': false,
      'browser.shell.checkDefaultBrowser': false,
      'datareporting.policy.dataSubmissionEnabled': false,
    }
    const lines = Object.entries(settings).map(([key, value]) => `user_pref("${key}", ${JSON.stringify(value)});`)
    writeFileSync(join(folder, 'user.js'), lines.join('\n'))
    return ['--headless', '--no-remote', '--profile', folder]
  },
}
