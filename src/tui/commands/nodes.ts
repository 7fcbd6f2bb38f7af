/** `/nodes`: the machines that lend their shell or camera to the gateway, on a page; deciding about them, and using them. */

import { askingText, fingerprintOf, nodeName } from '../../client/node-words.ts'
import { shellWords } from '../../shared/std/shell-words.ts'
import { may } from '../store/rights.ts'
import { type CommandContext, defineCommand, refuse } from './command.ts'
import { nodesText, ranText, runningText } from './nodes-page.ts'

export const nodes = defineCommand({
  name: 'nodes',
  usage: '[approve|reject|rename|run <name> …]',
  about: 'Show the nodes, other machines that run commands; let them, name them, run a program there',
  values: () => verbs,
  async run(context, text) {
    const [given, ...words] = wordsOf(text)
    if (given === undefined) return await show(context)
    const verb = verbs.find((one) => one === given.toLowerCase())
    if (!verb) return refuse(context, `/nodes knows approve, reject, rename and run, not ${JSON.stringify(given)}.`)
    if (words.length === 0) return refuse(context, needs[verb])
    try {
      if (verb === 'rename') return await rename(words, context)
      if (verb === 'run') return await runThere(words, context)
      return await decide(verb, words, context)
    } catch (error) {
      context.notifier.fail(error)
      return 'refused'
    }
  },
})

const verbs = ['approve', 'reject', 'rename', 'run'] as const

const needs: Readonly<Record<(typeof verbs)[number], string>> = {
  approve: 'Say which one: /nodes approve <name>',
  reject: 'Say which one: /nodes reject <name>',
  rename: 'Say which one, and its new name: /nodes rename <name> <new name>',
  run: 'Say where, and a program: /nodes run <name> uptime',
}

async function show({ store, intents }: CommandContext): Promise<void> {
  const open = (text: string) => store.dispatch({ type: 'overlay.opened', overlay: 'nodes', text })
  const { connection } = store.get()
  if (connection.phase !== 'live') return open('Nodes\tThere is no connection; try again when there is.')
  const loading = 'Nodes\tLoading…'
  open(loading)
  const text = await intents
    .nodes(may(connection, 'pairing'))
    .then(nodesText, (error: Error) => `Nodes\t${error.message}`)
  if (isShown(loading, store)) open(text)
}

async function decide(verb: 'approve' | 'reject', words: readonly string[], context: CommandContext): Promise<unknown> {
  const { intents, notifier } = context
  const { waiting } = await intents.nodes(true)
  const request = named(words, waiting, context, 'waits')?.one
  if (!request) return 'refused'
  await intents.decideNode(request, verb)
  const { kind, name, wants } = request
  const now = kind === 'device' ? 'may connect, and is asked nothing yet' : `may be asked: ${wants}`
  notifier.say('success', `${name} ${verb === 'reject' ? 'is refused' : now}.`)
}

async function rename(words: readonly string[], context: CommandContext): Promise<unknown> {
  const { intents, notifier } = context
  const found = named(words, await known(context), context, 'is known')
  if (!found) return 'refused'
  const name = found.rest.join(' ')
  if (name === '') return refuse(context, 'Say its new name too: /nodes rename <name> <new name>')
  notifier.say('success', `${found.one.name} is called ${await intents.renameNode(found.one.nodeId, name)}.`)
}

/** Of what a program says while it runs, the last of it; the answer brings all that the node kept. */
const shownUnits = 10_000

/** Here on a page, until it is closed; after that in a word. */
async function runThere(words: readonly string[], context: CommandContext): Promise<unknown> {
  const { store, intents, notifier } = context
  const found = named(words, await known(context), context, 'is known')
  if (!found) return 'refused'
  const { one, rest } = found
  const place = `node ${one.name}`
  if (rest.length === 0) return refuse(context, `Say a program too: /nodes run ${one.name} uptime`)
  const open = (text: string) => store.dispatch({ type: 'overlay.opened', overlay: 'nodes', text })
  let said = ''
  let running = runningText(place, rest, said, 'Running…')
  open(running)
  try {
    const ran = await intents.runOnNode(one, rest, ({ chunk, isAsking, asker }) => {
      if (!isShown(running, store)) return
      said = (said + chunk).slice(-shownUnits)
      running = runningText(place, rest, said, isAsking ? askingText(asker, one.name) : 'Running…')
      open(running)
    })
    if (isShown(running, store)) open(ranText(place, rest, ran))
    else notifier.say('info', `${place}: ${shellWords(rest)} has ended.`)
  } catch (error) {
    if (isShown(running, store)) store.dispatch({ type: 'overlay.closed' })
    throw error
  }
}

const known = async ({ intents }: CommandContext) =>
  (await intents.nodes(false)).nodes.map((node) => ({ nodeId: node.nodeId, name: nodeName(node) }))

/** The one the first words name, by name or fingerprint, and what follows; says so when it is none or several. */
function named<T extends { name: string; nodeId: string }>(
  words: readonly string[],
  all: readonly T[],
  { notifier }: CommandContext,
  what: 'waits' | 'is known',
): { one: T; rest: readonly string[] } | undefined {
  for (let count = words.length; count > 0; count--) {
    const [one, ...others] = all.filter((each) => isCalled(each, words.slice(0, count).join(' ')))
    if (one && others.length === 0) return { one, rest: words.slice(count) }
    if (!one) continue
    notifier.say('warning', `${others.length + 1} are called so: give the fingerprint that /nodes shows.`)
    return undefined
  }
  notifier.say('warning', `No node ${JSON.stringify(words[0] ?? '')} ${what}; /nodes shows those that do.`)
  return undefined
}

function isCalled({ name, nodeId }: { name: string; nodeId: string }, word: string): boolean {
  return name.toLowerCase() === word.toLowerCase() || fingerprintOf(nodeId) === word.toLowerCase()
}

const isShown = (text: string, store: CommandContext['store']): boolean => {
  const { overlay } = store.get()
  return overlay?.kind === 'nodes' && overlay.text === text
}

/** Quotes hold a word together; nothing else is special, since no shell comes between. */
function wordsOf(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|\S+/g)].map(([word, double, single]) => double ?? single ?? word)
}
