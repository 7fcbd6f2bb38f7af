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
  /** Absolute. Nothing else may be written, besides temporary files of its own. */
  readonly writablePaths: readonly string[]
  /** Where its output goes when the service manager keeps no journal. */
  readonly logPath: string
  /** It is started again after a failure, except one with these exit codes, which only a person can mend. */
  readonly finalExitCodes: readonly number[]
}

const nameForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/
const variableForm = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Throws `usage.invalid` for what no service manager takes, whatever the quoting. */
export function checkSpec({ name, argv, environment, writablePaths, logPath }: ServiceSpec): void {
  if (!nameForm.test(name)) throw unusable(name, 'is not the name of a service')
  for (const variable of Object.keys(environment)) {
    if (!variableForm.test(variable)) throw unusable(variable, 'is not the name of an environment variable')
  }
  for (const path of [argv[0], ...writablePaths, logPath]) {
    if (!path.startsWith('/')) throw unusable(path, 'is not an absolute path')
  }
  for (const text of [...argv, ...Object.values(environment), ...writablePaths, logPath]) {
    if (hasControl(text)) throw unusable(text, 'holds control characters')
  }
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
