/** The whole gate: types, format and lint, tests, nothing unused, package contents. `--static` leaves the tests out. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'

type Step = { name: string; command: string[] }
type Outcome = Step & { passed: boolean; seconds: number; output: string }

const root = join(import.meta.dirname, '..')
/** What did not change since the last time is not looked at again. */
const incremental = ['--checkers', '1', '--incremental', '--tsBuildInfoFile', 'node_modules/.cache/types.json']
const steps: Step[] = [
  { name: 'types', command: ['typescript/bin/tsc', '--noEmit', ...incremental] },
  { name: 'format, lint, floors', command: ['@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'] },
  { name: 'nothing unused', command: ['knip/bin/knip.js'] },
  { name: 'package contents', command: ['publint/src/cli.js', '--strict'] },
]
const tests: Step = { name: 'tests', command: ['vitest/vitest.mjs', 'run'] }

async function main(): Promise<void> {
  const lanes = process.argv.includes('--static') ? steps.map((step) => [step]) : [[tests], steps]
  const outcomes = (await Promise.all(lanes.map(inTurn))).flat()
  const failed = outcomes.filter(({ passed }) => !passed).length
  process.stdout.write(`\n${outcomes.length - failed} passed, ${failed} failed\n`)
  process.exitCode = failed > 0 ? 1 : 0
}

/** One after the other where the tests run beside them: those take longest, and wait most in their first half minute. */
async function inTurn(lane: readonly Step[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const step of lane) outcomes.push(report(await run(step)))
  return outcomes
}

function run(step: Step): Promise<Outcome> {
  const started = performance.now()
  const [tool = '', ...args] = step.command
  const child = spawn(process.execPath, [join(root, 'node_modules', tool), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) =>
      resolve({ ...step, passed: code === 0, seconds: (performance.now() - started) / 1000, output }),
    )
  })
}

/** A failure shows all it said; the tests also show their summary when they pass. */
function report(outcome: Outcome): Outcome {
  const { name, passed, seconds, output } = outcome
  process.stdout.write(`${passed ? '✓' : '✗'} ${name} (${seconds.toFixed(1)} s)\n`)
  if (!passed || name === tests.name)
    process.stdout.write(`${passed ? output.trimEnd().split('\n').slice(-6).join('\n') : output}\n`)
  return outcome
}

await main()
