/** The programs tests run: our own two, built, and those of the operating system, which must be there. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { inject } from 'vitest'

/** Path of a built program of ours. Run it with `process.execPath`. */
export function built(name: 'clawdbot' | 'clawdbot-server'): string {
  const failure = inject('buildFailure')
  if (failure !== '') throw new Error(failure)
  return join(import.meta.dirname, '../../dist', `${name}.js`)
}

/** For the environment of our built programs: they keep compiled code here, so that not each of hundreds compiles anew. */
export const compiledOnce = { XDG_CACHE_HOME: join(import.meta.dirname, '../../node_modules/.cache/clawdbot-tests') }

/** Debian's name for the package of each program that tests use. */
const packages = {
  tmux: 'tmux',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  'ssh-agent': 'openssh-client',
  'ssh-add': 'openssh-client',
  sshd: 'openssh-server',
  ss: 'iproute2',
  ip: 'iproute2',
  ps: 'procps',
  lsof: 'lsof',
  'systemd-analyze': 'systemd',
  plistutil: 'libplist-utils',
  chromium: 'chromium',
  'firefox-esr': 'firefox-esr',
  strace: 'strace',
  zsh: 'zsh',
  fish: 'fish',
  ffmpeg: 'ffmpeg',
  'dbus-run-session': 'dbus-daemon',
  'gnome-keyring-daemon': 'gnome-keyring',
  'secret-tool': 'libsecret-tools',
}

/** Path of a program. A missing one fails the test, here as in CI: a skipped test proves nothing. */
export function requireProgram(name: keyof typeof packages): string {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
  const found = folders.map((folder) => join(folder, name)).find(isExecutable)
  if (found !== undefined) return found
  throw new Error(
    `This test runs the real ${name}, which is missing. Install it: sudo apt-get install ${packages[name]}`,
  )
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
