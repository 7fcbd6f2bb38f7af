/** Who answers: the service, its key, which is tried at once, and one of its models. */

import { Secret } from '../../../shared/std/secret.ts'
import { defineStep, isGateway, said, type Trial, type World } from '../step.ts'

export const customId = 'custom'
export const builtInId = 'builtin'

const vendorOf = ({ facts, answers }: World) => facts.vendors.find(({ id }) => id === said(answers, 'provider'))
const isCustom = ({ answers }: World): boolean => said(answers, 'provider') === customId
const isHosted = (world: World): boolean => isGateway(world) && (vendorOf(world) !== undefined || isCustom(world))

/** The provider and model of `openai/gpt-4o-mini`. */
function modelParts(model: string | undefined): { provider: string; model: string } {
  const [, provider = builtInId, id = ''] = /^([^:/]+)[:/](.+)$/.exec(model ?? '') ?? []
  return { provider, model: id }
}

export const provider = defineStep({
  id: 'provider',
  title: 'Model',
  about: () => [
    'Who answers. A service needs an account and a key, and bills what you use.',
    'The built-in guide needs neither; you can change this at any time.',
  ],
  kind: 'choice',
  choices: ({ facts }) => [
    ...facts.vendors.map(({ id, label, hasKey }) => ({
      value: id,
      label,
      ...(hasKey ? { hint: 'there is a key for it' } : {}),
    })),
    {
      value: customId,
      label: 'Another, or one of my own',
      hint: 'Ollama, vLLM and all like OpenAI',
    },
    { value: builtInId, label: 'The built-in guide for now', hint: 'no account, no key' },
  ],
  isAsked: isGateway,
  initial({ facts }) {
    const { provider } = modelParts(facts.now.model)
    if (facts.now.model !== undefined) return provider
    return facts.vendors.find(({ hasKey }) => hasKey)?.id ?? builtInId
  },
  flag: { name: 'provider', about: 'who answers: openai, anthropic, google, custom, builtin', value: '<id>' },
})

export const address = defineStep({
  id: 'address',
  title: 'Address of the service',
  about: () => [
    'Its base URL, which mostly ends in /v1. On this machine Ollama is at',
    'http://127.0.0.1:11434/v1 and LM Studio at http://127.0.0.1:1234/v1.',
  ],
  kind: 'text',
  isAsked: (world) => isGateway(world) && isCustom(world),
  initial: ({ facts }) => facts.now.address ?? 'http://127.0.0.1:11434/v1',
  problem: (answer) =>
    /^https?:\/\//.test(answer.trim()) && URL.canParse(answer.trim())
      ? undefined
      : { text: 'That is not an address', remedy: 'It begins with http:// or https://' },
  flag: { name: 'model-address', about: 'with --provider custom: its base URL', value: '<url>' },
})

export const key = defineStep({
  id: 'key',
  title: 'Key of the service',
  about(world) {
    const { label = 'the service', variable } = vendorOf(world) ?? {}
    const kept = hasKey(world) ? 'Enter alone keeps it.' : isCustom(world) ? 'Enter alone: none.' : ''
    return [
      `Made on the site of ${label}, under API keys. Tried now, shown nowhere.`,
      `Kept in a private file${variable === undefined ? '' : ` as ${variable}`}. ${kept}`.trim(),
    ]
  },
  kind: 'secret',
  isAsked: isHosted,
  initial: () => '',
  problem(answer, world) {
    if (answer === '' && !hasKey(world) && !isCustom(world)) {
      return { text: 'It takes a key', remedy: 'Go back to choose the built-in guide for now.' }
    }
    return /\s/.test(answer) ? { text: 'A key holds no blanks', remedy: 'Copy it whole, and nothing else.' } : undefined
  },
  trial: (answer, world): Trial => ({
    of: 'model',
    asked: {
      provider: said(world.answers, 'provider'),
      address: isCustom(world) ? said(world.answers, 'address').trim() : undefined,
      key: answer === '' ? undefined : new Secret(answer),
    },
  }),
  flag: { name: 'model-key-env', about: 'variable of this environment that holds its key', value: '<NAME>' },
})

function hasKey(world: World): boolean {
  return isCustom(world) ? world.facts.now.hasCustomKey : vendorOf(world)?.hasKey === true
}

export const model = defineStep({
  id: 'model',
  title: 'Which model',
  about: () => [
    'What the service offers. Small ones are fast and cheap, large ones think.',
    'Any other can be chosen later, also for one conversation: /model there.',
  ],
  kind: 'choice',
  choices: ({ found }) => found.models.map((id) => ({ value: id, label: id })),
  isAsked: isHosted,
  initial({ facts, answers, found }) {
    const now = modelParts(facts.now.model)
    if (now.provider === said(answers, 'provider') && now.model !== '') return now.model
    return found.models[0] ?? ''
  },
  problem: (answer) =>
    /^\S+$/.test(answer.trim()) ? undefined : { text: 'Name a model', remedy: 'For example gpt-4o-mini' },
  flag: { name: 'model', about: 'the model, as the service calls it', value: '<id>' },
})
