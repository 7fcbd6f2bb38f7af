/** What the built-in guide says: facts in, Markdown out. Pure. */

import { formatDuration } from '../../../shared/std/duration.ts'
import type { GatewayFacts } from './facts.ts'
import type { Intent, Topic } from './intent.ts'

type Unfinished = Extract<Intent, { kind: 'incomplete' }>['verb']

export function answerTopic(topic: Topic, facts: GatewayFacts): string {
  return answers[topic](facts)
}

const answers: Record<Topic, (facts: GatewayFacts) => string> = {
  hello: (facts) =>
    [
      'Hello! I am the guide built into this gateway. I am not a language model: I need no key and no network, and I only understand plain requests.',
      tryThese(facts),
      'For real conversation, give me a model: say `configure`.',
    ].join('\n\n'),

  help: (facts) =>
    [
      'I am the built-in guide, not a language model. These are the things I understand:',
      [
        `- \`run uptime\` starts a command on **${facts.host}**. ${policySentence[facts.execPolicy]}`,
        '- `list files`, `read notes.txt`, `write notes.txt: hello` work in the workspace.',
        '- `status`, `sessions`, `models`, `nodes` tell what this gateway knows.',
        '- `configure` says how to bring in a real model.',
      ].join('\n'),
      'In the terminal, `/help` lists its own commands and keys.',
    ].join('\n\n'),

  who: () =>
    'I am the guide built into Clawdbot: a small program with fixed answers, not a language model, and nothing you type leaves this machine through me. Commands and files I handle are real. Say `configure` to bring in a model, or `help` for what I understand.',

  thanks: () => 'You are welcome. Say `help` any time.',

  status: (facts) =>
    [
      `The gateway is running on **${facts.host}**.`,
      [
        `- Version ${facts.version}, up ${formatDuration(facts.uptimeMs)}`,
        `- Address ${facts.url}, ${count(facts.clients, 'client')} connected`,
        `- ${count(facts.sessions.length, 'session')}, ${count(connectedNodes(facts).length, 'node')} connected`,
        `- Commands: policy \`${facts.execPolicy}\`. ${policySentence[facts.execPolicy]}`,
        `- Model: the built-in guide${facts.models.length > 0 ? `; ready to use: ${nameSome(facts.models)}` : ', none configured yet'}`,
      ].join('\n'),
    ].join('\n\n'),

  sessions: ({ sessions }) =>
    sessions.length === 0
      ? 'There are no sessions yet; this message starts the first one.'
      : [
          `${count(sessions.length, 'session')}, newest first:`,
          list(sessions, ({ key, title }) => `- \`${key}\`${title ? ` ${oneLine(title)}` : ''}`),
          'In the terminal, `/sessions` switches between them and `/new` starts afresh.',
        ].join('\n\n'),

  models: (facts) =>
    facts.models.length === 0
      ? 'Only I am here: the built-in guide, which is not a model. Say `configure` to bring one in.'
      : [
          'These models can answer now:',
          list(facts.models, (name) => `- \`${name}\``),
          `Choose one with \`/model ${facts.models[0]}\`. Until then you are talking to the built-in guide.`,
        ].join('\n\n'),

  configure: (facts) =>
    [
      facts.models.length > 0 ? `Ready now: \`/model ${facts.models[0]}\` makes it answer in this session.` : '',
      `**A hosted model.** Put your key into \`${facts.configPath}\`:`,
      fence(
        [
          '{',
          '  models: { providers: { openai: { apiKey: "sk-…" } } },',
          '  agents: { defaults: { model: "openai:gpt-4o-mini" } },',
          '}',
        ].join('\n'),
        'json5',
      ),
      'The same works for `anthropic` (`anthropic:claude-sonnet-4-5`) and `google` (`google:gemini-2.5-flash`). Or leave the key out of the file and start the gateway with `OPENAI_API_KEY`, `ANTHROPIC_API_KEY` or `GEMINI_API_KEY` set.',
      '**A model on this machine, no key.** Start Ollama, LM Studio, llama.cpp or vLLM on its usual port; it shows up in `/models` by itself, for example `/model ollama:llama3.2`.',
      '**Any other OpenAI-compatible service:**',
      fence(
        `{ models: { providers: { mine: { baseUrl: "https://host/v1", apiKey: "\${MINE_KEY}", models: [{ id: "model-name" }] } } } }`,
        'json5',
      ),
      'Then `/model` picks it, and I step aside.',
    ]
      .filter((part) => part !== '')
      .join('\n\n'),

  where: (facts) => {
    const nodes = connectedNodes(facts)
    return [
      `Commands run on the gateway host, **${facts.host}**, starting in \`${facts.workspace}\`. Not on the machine your terminal runs on, unless that is the same one. Every tool card names the machine it ran on.`,
      nodes.length === 0
        ? 'No node is connected. A node is another machine of yours that offers its own commands to this gateway.'
        : `Connected nodes: ${nodes.map(({ name }) => `**${name}**`).join(', ')}. My own \`run\` stays on the gateway host.`,
      policySentence[facts.execPolicy],
    ].join('\n\n')
  },
}

const policySentence: Record<GatewayFacts['execPolicy'], string> = {
  ask: 'You are asked before anything runs.',
  allowlist: 'Only commands on the allowlist run.',
  deny: 'Commands are switched off by policy.',
  full: 'They run without asking.',
}

const unfinished: Record<Unfinished, string> = {
  run: 'Run what? For example: `run uptime`',
  read: 'Read which file? For example: `read notes.txt`',
  write: 'Write what, and where? For example: `write notes.txt: hello`',
}

export function answerIncomplete(verb: Unfinished): string {
  return unfinished[verb]
}

export function answerUnknown(facts: GatewayFacts): string {
  return [
    'I am the built-in guide, not a language model, so I cannot answer that.',
    tryThese(facts),
    facts.models.length > 0
      ? `A model can: \`/model ${facts.models[0]}\`.`
      : 'A model can: say `configure` and I show you how to bring one in.',
  ].join('\n\n')
}

export function answerMissingTool(what: string): string {
  return `I would need the tool to ${what} for that, and it is switched off for this session. Say \`status\` to see the policy.`
}

function tryThese(facts: GatewayFacts): string {
  return [
    'Try one of these:',
    `- \`run uptime\`: a real command on **${facts.host}**`,
    '- `list files`: what is in the workspace',
    '- `status`: how this gateway is doing',
    '- `help`: everything I understand',
  ].join('\n')
}

function connectedNodes({ nodes }: GatewayFacts): GatewayFacts['nodes'] {
  return nodes.filter(({ connected }) => connected)
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}

const listLimit = 12

function list<T>(items: readonly T[], line: (item: T) => string): string {
  const lines = items.slice(0, listLimit).map(line)
  if (items.length > listLimit) lines.push(`- and ${items.length - listLimit} more`)
  return lines.join('\n')
}

function nameSome(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => `\`${name}\``)
  return names.length > 3 ? `${shown.join(', ')} and ${names.length - 3} more` : shown.join(', ')
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}

/** A code block whose fence is longer than any run of backticks inside. */
export function fence(text: string, language = ''): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([ticks]) => ticks.length))
  const ticks = '`'.repeat(longest + 1)
  return `${ticks}${language}\n${text}${text.endsWith('\n') ? '' : '\n'}${ticks}`
}
