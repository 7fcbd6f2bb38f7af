import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { openTestTools, textOf } from '../support/tools.ts'
import { gateway } from './hostile-environment.ts'

/** Programs that print their environment, one name=value a line. */
const printers: Record<string, string> = {
  env: 'env',
  sh: 'sh -c env',
  bash: `bash -c 'env; set'`,
  perl: `perl -e 'print "$_=$ENV{$_}\n" for keys %ENV'`,
  python3: `/usr/bin/python3 -c 'import os; [print(f"{k}={v}") for k, v in os.environ.items()]'`,
  awk: `awk 'BEGIN { for (k in ENVIRON) print k "=" ENVIRON[k] }'`,
  node: `"${process.execPath}" -p 'Object.entries(process.env).map(([k, v]) => k + "=" + v).join("\\n")'`,
  procfs: `tr '\\0' '\\n' < /proc/self/environ`,
}

function exists(command: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', command], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

test('EX5, SE4: what the runtimes on this machine see is the short list, none of the hostile names and no secret', async () => {
  await using tools = await openTestTools({ answer: () => 'allow-once', environment: gateway })
  const available = Object.entries(printers).filter(([, command]) => exists(command))
  expect(available.length).toBeGreaterThanOrEqual(6)
  for (const [name, command] of available) {
    const outcome = await tools.run('exec', { command })
    const printed = textOf(outcome)
    expect([name, outcome.details.exitCode, printed.includes('PATH=')]).toEqual([name, 0, true])
    expect([name, /canary/.test(printed)]).toEqual([name, false])
  }
})
