import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { childEnvironment } from '../../src/exec/env.ts'
import { openTestTools, textOf } from '../support/tools.ts'

const harmless = ['PATH', 'HOME', 'LANG', 'TERM', 'CLAWDBOT_RUN_ID']

/** Each would make some runtime load code, or is a secret of the gateway. */
const hostile: Record<string, string> = Object.fromEntries(
  `NODE_OPTIONS NODE_PATH NODE_REPL_EXTERNAL_MODULE NODE_EXTRA_CA_CERTS LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT
   DYLD_INSERT_LIBRARIES DYLD_LIBRARY_PATH BASH_ENV ENV BASH_FUNC_ls%% SHELLOPTS BASHOPTS PS4 PROMPT_COMMAND IFS CDPATH
   ZDOTDIR PYTHONPATH PYTHONSTARTUP PYTHONHOME PYTHONINSPECT PYTHONBREAKPOINT PERL5OPT PERL5LIB PERL5DB PERLLIB RUBYOPT
   RUBYLIB GEM_HOME BUNDLE_GEMFILE GIT_SSH_COMMAND GIT_EXEC_PATH GIT_CONFIG_COUNT GIT_PAGER GIT_EDITOR RUSTUP_HOME
   RUSTUP_TOOLCHAIN CARGO_HOME RUSTC_WRAPPER JAVA_TOOL_OPTIONS _JAVA_OPTIONS CLASSPATH LUA_INIT PHPRC DENO_DIR GOFLAGS
   GCONV_PATH LOCPATH EDITOR VISUAL PAGER LESSOPEN MANPAGER BROWSER CLAWDBOT_GATEWAY_TOKEN CLAWDBOT_GATEWAY_PASSWORD
   CLAWDBOT_STATE_DIR OPENAI_API_KEY ANTHROPIC_API_KEY TELEGRAM_BOT_TOKEN AWS_SECRET_ACCESS_KEY GITHUB_TOKEN
   DATABASE_PASSWORD NPM_CONFIG_PREFIX npm_config_node_options SSH_AUTH_SOCK HTTP_PROXY XDG_CONFIG_HOME`
    .split(/\s+/)
    .map((name) => [name, `canary-${name}`]),
)

const gateway = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/tmp', LANG: 'C.UTF-8', ...hostile }

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

test('EX5: a process is given exactly the listed names', async () => {
  await using tools = await openTestTools({ answer: () => 'allow-once', environment: gateway })
  const printed = textOf(await tools.run('exec', { argv: ['/usr/bin/env'] }))
  expect(
    printed
      .split('\n')
      .map((line) => line.split('=', 1)[0])
      .sort(),
  ).toEqual([...harmless].sort())
})

test('EX5: the owner can pass further variables on, but no loader, option or secret', () => {
  const child = childEnvironment({ ...gateway, DISPLAY: ':0' }, ['DISPLAY', ...Object.keys(hostile)])
  const passed = Object.keys(hostile).filter((name) => name in child)
  expect(child.DISPLAY).toBe(':0')
  expect(passed.sort()).toEqual(['HTTP_PROXY', 'SSH_AUTH_SOCK', 'XDG_CONFIG_HOME'])
})

test('relative and empty parts of the search path are left out', () => {
  expect(childEnvironment({ PATH: ':.:bin:/usr/bin::/bin:' }).PATH).toBe('/usr/bin:/bin')
  expect(childEnvironment({}).PATH).toContain('/usr/bin')
})
