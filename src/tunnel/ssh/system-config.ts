/** Reads what `ssh -G` prints: the configuration of one host as OpenSSH itself understands it. Pure. */

import type { Fault } from '../../shared/fault.ts'
import { configFault } from './config-fault.ts'
import type { Settings } from './settings.ts'
import type { SshRun } from './system.ts'

const paths = new Set(['userknownhostsfile', 'globalknownhostsfile'])

/**
 * Only what differs from `baseline`, which is what `ssh -F none -G` prints: the program prints every default, and what
 * was configured must be told from it. Where both say the same it makes no difference, except for the paths of
 * known_hosts files, whose defaults depend on how this ssh was built.
 */
export function parseSystemConfig(output: string, baseline: string): Settings {
  const defaults = parseOutput(baseline)
  const settings = parseOutput(output)
  for (const [keyword, values] of settings) {
    const isDefault = JSON.stringify(defaults.get(keyword)) === JSON.stringify(values)
    if (isDefault && !paths.has(keyword)) settings.delete(keyword)
  }
  // Debian's ssh takes 300 seconds for hosts with BatchMode that say nothing themselves.
  if (settings.get('batchmode')?.[0] === 'yes' && settings.get('serveraliveinterval')?.[0] === '300') {
    settings.delete('serveraliveinterval')
  }
  return settings
}

function parseOutput(output: string): Map<string, string[]> {
  const settings = new Map<string, string[]>()
  for (const line of output.split('\n')) {
    const space = line.indexOf(' ')
    if (space < 0) continue
    const keyword = line.slice(0, space).toLowerCase()
    const value = line.slice(space + 1).replace(/\r$/, '')
    settings.set(keyword, [...(settings.get(keyword) ?? []), ...(paths.has(keyword) ? splitPaths(value) : [value])])
  }
  return settings
}

/** `ssh -G` joins paths by spaces without quoting them; as they are absolute, each begins with a slash, `~` or a drive. */
function splitPaths(text: string): string[] {
  return text.split(/ (?=[/~]|[A-Za-z]:[\\/]|__PROGRAMDATA__)/)
}

/** What `ssh -G` refused, with file and line where it names them. */
export function systemConfigFault({ code, stderr }: SshRun): Fault {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '')
  for (const line of lines) {
    const [, path, number, problem] = /^(.+?):? line (\d+): (.+)$/.exec(line) ?? []
    if (path !== undefined) return configFault(path, Number(number), problem ?? '')
    const [, shared] = /^Bad owner or permissions on (.+)$/.exec(line) ?? []
    if (shared !== undefined) return configFault(shared.trim(), undefined, 'other accounts may write to it')
  }
  return configFault('~/.ssh/config', undefined, lines[0] ?? `ssh -G ended with code ${code}`)
}

/** OpenSSH before 6.8 has no `-G`. */
export function lacksConfigOption({ stderr }: SshRun): boolean {
  return /(illegal|unknown|invalid) option.*-?\bG\b/.test(stderr)
}
