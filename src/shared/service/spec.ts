/** A program that a service manager keeps running: what to run, and what it may do. `systemd.ts` and `launchd.ts` write it down. */

import { Fault } from '../fault.ts'

export type ServiceSpec = {
  /** Of its file, such as `clawdbot-tunnel-vps`: letters, digits, `.`, `_` and `-`. */
  readonly name: string
  /** One line for people. */
  readonly description: string
  /** An absolute program and its words. Anybody on the machine can read them, so no secret is among them. */
  readonly argv: readonly [string, ...string[]]
  readonly environment: Readonly<Record<string, string>>
  /** Lines of `NAME=value` for what others must not read, looked at anew with each start; need not be there. launchd reads none. */
  readonly environmentFile?: string
  /** Absolute. Nothing else may be written, besides temporary files of its own. */
  readonly writablePaths: readonly string[]
  /** As systemd writes it: `1G`, or a part of this machine's memory, `75%`. */
  readonly memoryMax: string
  /**
   * It says by itself when it is ready and, from then on, that it works (sd_notify); after so many seconds of silence
   * it is ended and started again. launchd knows nothing of it.
   */
  readonly watchdogS?: number
  /** It starts with the machine and runs as this account; absent for a service of the account's own. */
  readonly account?: string
  /** Where its output goes when the service manager keeps no journal. */
  readonly logPath: string
  /** It is started again after a failure, except one with these exit codes, which only a person can mend. */
  readonly finalExitCodes: readonly number[]
}

const nameForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/
const variableForm = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Throws `usage.invalid` for what no service manager takes, whatever the quoting. */
export function checkSpec(spec: ServiceSpec): void {
  const { name, argv, environment, writablePaths, logPath, environmentFile, account } = spec
  if (!nameForm.test(name)) throw unusable(name, 'is not the name of a service')
  for (const variable of Object.keys(environment)) {
    if (!variableForm.test(variable)) throw unusable(variable, 'is not the name of an environment variable')
  }
  const paths = [...writablePaths, logPath, ...(environmentFile === undefined ? [] : [environmentFile])]
  for (const path of [argv[0], ...paths]) {
    if (!path.startsWith('/')) throw unusable(path, 'is not an absolute path')
  }
  for (const text of [...argv, ...Object.values(environment), ...paths, account ?? '']) {
    if (hasControl(text)) throw unusable(text, 'holds control characters')
  }
  if (account !== undefined && !/^[^\s:/][^:/]*(?<!\s)$/.test(account)) throw unusable(account, 'is not an account')
}

function hasControl(text: string): boolean {
  return [...text].some((char) => char < ' ' || char === '\u007f')
}

function unusable(text: string, what: string): Fault {
  return new Fault(
    'usage.invalid',
    `${JSON.stringify(text.slice(0, 200))} ${what}, so no service can be made with it`,
    {
      remedy: 'Move or rename what is called so, then install the service again.',
    },
  )
}
