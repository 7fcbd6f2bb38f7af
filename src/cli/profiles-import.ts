/** `clawdbot profiles import|export`: gateways that are known elsewhere, and a list to carry to another machine. */

import { readFile } from 'node:fs/promises'
import { exportProfiles, type Found, type ImportPlan, planImport, readExport } from '../client/profile-import.ts'
import { type ProfileSource, profileSources } from '../client/profile-sources.ts'
import { readProfiles } from '../client/profile-store.ts'
import { wayText } from '../client/profile-text.ts'
import { localName, profileNamed } from '../client/profiles.ts'
import { saveProfiles } from '../client/saved-profiles.ts'
import { errorText, Fault } from '../shared/fault.ts'
import { defineCommand, type FlagValues, type Invocation } from './command.ts'
import { printJson } from './gateway-call.ts'
import { usage } from './parse.ts'
import { columns, oneLine } from './style.ts'

const importFlags = {
  ssh: { type: 'boolean', about: 'look into ~/.ssh/config' },
  settings: { type: 'boolean', about: "look into the gateway's settings (gateway.remote)" },
  tailscale: { type: 'boolean', about: 'look for running machines of the tailnet' },
  from: { type: 'string', about: 'a file of profiles export; - is standard input', value: '<file>' },
  yes: { type: 'boolean', about: 'add without asking' },
  json: { type: 'boolean', about: 'print JSON for programs' },
} as const

export const profilesImport = defineCommand({
  name: 'profiles import',
  about: 'find gateways in ~/.ssh/config, in gateway.remote and in the tailnet, show them, and save those you want',
  args: '[<profile>…]',
  flags: importFlags,
  async run(invocation) {
    const { paths, flags, out, err } = invocation
    const { found, problems } = await look(invocation)
    const plan = planImport(await readProfiles(paths.profiles), found)
    if (!flags.json) {
      out(planText(plan))
      for (const problem of problems) err(`${oneLine(problem)}\n`)
    }
    const wanted = await choose(plan.add, invocation)
    const added = wanted.length > 0 ? await saveProfiles(wanted.map(bare), invocation) : []
    if (flags.json)
      printJson(
        invocation,
        planJson(
          plan,
          added.map(({ name }) => name),
          problems,
        ),
      )
    else if (added.length > 0) out(`✅ Added ${added.map(({ name }) => name).join(', ')}\n`)
    return 0
  },
})

/** A source that was not asked for by name may be missing: most people have not all of them. */
async function look(invocation: Invocation<typeof importFlags>): Promise<{ found: Found[]; problems: string[] }> {
  const { flags, person } = invocation
  if (flags.from !== undefined) {
    const text = flags.from === '-' ? await person.input() : await readList(flags.from)
    return { found: readExport(text, flags.from === '-' ? 'standard input' : flags.from), problems: [] }
  }
  const named = sourcesOf(flags)
  const found: Found[] = []
  const problems: string[] = []
  for (const source of named.length > 0 ? named : (['settings', 'ssh', 'tailscale'] as const)) {
    try {
      found.push(...(await profileSources[source](invocation)))
    } catch (error) {
      if (named.length > 0 || !(error instanceof Fault)) throw error
      problems.push(error.message)
    }
  }
  return { found, problems }
}

function sourcesOf(flags: FlagValues<typeof importFlags>): ProfileSource[] {
  return (['settings', 'ssh', 'tailscale'] as const).filter((source) => flags[source])
}

async function readList(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw usage(`${path} cannot be read (${errorText(error)})`, 'profiles import')
  }
}

/** Those named on the line, else those the person wants. */
async function choose(offered: readonly Found[], invocation: Invocation<typeof importFlags>): Promise<Found[]> {
  const { args, flags, person, out, signal } = invocation
  const named = args.length > 0 ? pick(offered, args) : offered
  if (named.length === 0 || flags.yes) return [...named]
  if (!person.isThere) {
    if (!flags.json) out('Nothing was added; --yes adds them.\n')
    return []
  }
  if (args.length > 0) return (await person.confirm('Add them?', false, signal)) ? [...named] : []
  const answer = (await person.line('Add which? Names, all, or Enter for none: ', signal))?.trim() ?? ''
  if (answer === '' || answer.toLowerCase() === 'none') return []
  return answer.toLowerCase() === 'all' ? [...named] : pick(named, answer.split(/[\s,]+/))
}

function pick(offered: readonly Found[], names: readonly string[]): Found[] {
  return names.map((name) => {
    const found = offered.find((one) => one.name.toLowerCase() === name.toLowerCase())
    if (found) return found
    throw usage(`There is no ${JSON.stringify(name)} to add`, 'profiles import')
  })
}

function bare({ from: _, ...profile }: Found): Omit<Found, 'from'> {
  return profile
}

function planText({ add, known, refused }: ImportPlan): string {
  const rows = add.map(({ name, ways, from }) => [name, ways.map(wayText).join('; then '), from])
  const table = rows.length > 0 ? columns(['Profile', 'Ways', 'From'], rows) : 'Nothing new was found.\n'
  const there = known.map(
    ({ found, as }) => `Already there: ${oneLine(found.name)}${found.name === as ? '' : ` (as ${as})`}\n`,
  )
  const unfit = refused.map(({ found, reason }) => `Left out: ${oneLine(found.name)} (${oneLine(reason)})\n`)
  return [table, ...there, ...unfit].join('')
}

function planJson(plan: ImportPlan, added: readonly string[], problems: readonly string[]): Record<string, unknown> {
  return {
    found: plan.add.map((one) => ({ ...one, added: added.includes(one.name) })),
    known: plan.known.map(({ found: { name, from }, as }) => ({ name, from, as })),
    refused: plan.refused.map(({ found: { name, from }, reason }) => ({ name, from, reason })),
    problems,
  }
}

export const profilesExport = defineCommand({
  name: 'profiles export',
  about: 'print saved gateways as JSON for profiles import --from; no secret is in it',
  args: '[<profile>…]',
  flags: { json: { type: 'boolean', about: 'it is JSON in any case' } },
  async run(invocation) {
    const book = await readProfiles(invocation.paths.profiles)
    const named = invocation.args.map((name) => profileNamed(book, name))
    const chosen = named.length > 0 ? named : book.profiles
    printJson(invocation, exportProfiles(chosen.filter(({ id }) => id !== localName)))
    return 0
  },
})
