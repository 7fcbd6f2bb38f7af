/** From where people write, besides the terminal. */

import { Secret } from '../../../shared/std/secret.ts'
import { looksLikeToken } from '../../../shared/telegram-token.ts'
import { defineStep, isGateway, said } from '../step.ts'

export const channel = defineStep({
  id: 'channel',
  title: 'Channels',
  about: () => [
    'With a Telegram bot you write to this gateway from your phone. Whoever',
    'writes to it first gets a code, and is heard when you approve it here.',
  ],
  kind: 'choice',
  choices: ({ facts }) => [
    { value: 'none', label: 'None for now' },
    {
      value: 'telegram',
      label: 'Telegram',
      hint: facts.now.telegram === 'none' ? 'takes a bot, made in a minute' : 'its token is kept already',
    },
  ],
  isAsked: (world) => isGateway(world) && world.facts.can.telegram,
  initial: ({ facts }) => (facts.now.telegram === 'on' ? 'telegram' : 'none'),
  flag: { name: 'channel', about: 'telegram or none (none)', value: '<name>' },
})

export const telegram = defineStep({
  id: 'telegram',
  title: 'Token of the bot',
  about: ({ facts }) => [
    'In Telegram write /newbot to @BotFather: his answer has it, 123456:ABC-DEF…',
    `Tried now, kept in a private file.${facts.now.telegram === 'none' ? '' : ' Enter alone keeps it as it is.'}`,
  ],
  kind: 'secret',
  isAsked: (world) => isGateway(world) && world.facts.can.telegram && said(world.answers, 'channel') === 'telegram',
  initial: () => '',
  problem(answer, { facts }) {
    if (answer === '' && facts.now.telegram !== 'none') return undefined
    if (looksLikeToken(answer)) return undefined
    return {
      text: 'That is no token of a bot',
      remedy: 'Copy the whole line from @BotFather: digits, a colon, 35 signs.',
    }
  },
  trial: (answer) => (answer === '' ? undefined : { of: 'telegram', token: new Secret(answer) }),
  flag: {
    name: 'telegram-token-env',
    about: 'variable of this environment that holds the bot’s token',
    value: '<NAME>',
  },
})
