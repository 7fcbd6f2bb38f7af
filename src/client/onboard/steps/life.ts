/** How the gateway or the node is kept running, and the first thing said to the gateway. */

import { type Choice, defineStep, isGateway, isNode, said } from '../step.ts'

const gatewayChoices: readonly Choice[] = [
  { value: 'service', label: 'As a service', hint: 'clawdbot gateway install' },
  { value: 'background', label: 'In the background, now' },
  { value: 'later', label: 'Not yet', hint: 'clawdbot gateway start' },
]

const nodeChoices: readonly Choice[] = [
  { value: 'service', label: 'As a service', hint: 'clawdbot node install' },
  { value: 'here', label: 'In this terminal, now', hint: 'clawdbot node run' },
  { value: 'later', label: 'Not yet' },
]

export const run = defineStep({
  id: 'run',
  title: 'Keep it running',
  about: (world) => [
    world.facts.can.service
      ? 'A service starts with the machine and comes back after a crash.'
      : 'No service here: that takes systemd or launchd, and an account besides root.',
    isNode(world)
      ? 'In this terminal it lasts until ctrl+c, and each command is asked about.'
      : 'In the background it runs until the machine restarts.',
  ],
  kind: 'choice',
  choices: (world) =>
    (isNode(world) ? nodeChoices : gatewayChoices).filter(
      ({ value }) => value !== 'service' || world.facts.can.service,
    ),
  isAsked: (world) => isGateway(world) || isNode(world),
  problem: (answer, world) =>
    answer === 'service' && !world.facts.can.service
      ? {
          text: 'A service takes systemd or launchd, and an account besides root',
          remedy: `Log in as another account.${isNode(world) ? '' : ' For root: clawdbot gateway install --system --run-as <account>.'}`,
        }
      : undefined,
  initial: (world) => (world.facts.can.service ? 'service' : isNode(world) ? 'later' : 'background'),
  flag: { name: 'run', about: 'service, background or later; a node: service, here or later', value: '<how>' },
})

export const message = defineStep({
  id: 'message',
  title: 'First message',
  about: () => [
    'Sent as soon as the gateway runs, and answered: then all of it works.',
    'Clear it (ctrl+u) to send none.',
  ],
  kind: 'text',
  isAsked: (world) => isGateway(world) && said(world.answers, 'run') !== 'later',
  initial: () => 'Hello! What can you do for me?',
  flag: { name: 'message', about: 'first message; an empty one sends none', value: '<text>' },
})
