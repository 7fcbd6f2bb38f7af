/** Who gets in, and from where. */

import { passwordStrength, shortestForOthers } from '../../../shared/password-strength.ts'
import { defineStep, isGateway, said, type World } from '../step.ts'

export const auth = defineStep({
  id: 'auth',
  title: 'Who gets in',
  about: () => [
    'Each device shows this secret once, and has a key of its own after that.',
    'Programs take a token best. A password can be typed, and Funnel needs one.',
  ],
  kind: 'choice',
  choices: ({ facts }) => [
    ...(facts.now.auth === 'made'
      ? []
      : [{ value: 'keep', label: `The ${facts.now.auth} there is`, hint: 'nothing changes' }]),
    { value: 'token', label: 'A new token', hint: '256 random bits, kept in a private file' },
    { value: 'password', label: 'A new password', hint: 'only a hash of it is kept' },
  ],
  isAsked: isGateway,
  initial: ({ facts }) => (facts.now.auth === 'made' ? 'token' : 'keep'),
  flag: { name: 'auth', about: 'token, password or keep', value: '<kind>' },
})

const wantsPassword = (world: World): boolean => isGateway(world) && said(world.answers, 'auth') === 'password'

export const password = defineStep({
  id: 'password',
  title: 'Password of the gateway',
  about: () => [
    'Five or six words that do not belong together are easy to type.',
    `At least 12 characters; ${shortestForOthers} where others can reach the gateway.`,
  ],
  kind: 'secret',
  isExact: true,
  isAsked: wantsPassword,
  initial: () => '',
  problem(answer) {
    const { level, hint } = passwordStrength(answer)
    return level === 'weak' ? { text: 'Guessed too easily', remedy: hint } : undefined
  },
  flag: { name: 'password-env', about: 'variable of this environment that holds the password', value: '<NAME>' },
})

export const again = defineStep({
  id: 'again',
  title: 'The password again',
  about: () => [
    'Once more, so that a slip of the finger does not lock you out.',
    'It is not shown and not written down.',
  ],
  kind: 'secret',
  isExact: true,
  isAsked: wantsPassword,
  initial: () => '',
  problem: (answer, { answers }) =>
    answer === said(answers, 'password')
      ? undefined
      : { text: 'That is not the same', remedy: 'Type it again, or go back and choose it anew.' },
  flag: { name: 'password-env', about: 'variable of this environment that holds the password', value: '<NAME>' },
})

export const exposure = defineStep({
  id: 'exposure',
  title: 'From where it is reached',
  about: () => [
    'This machine alone is safest; others come in through SSH, nothing to open.',
    'Serve shows it to devices of your tailnet, Funnel to the whole internet.',
  ],
  kind: 'choice',
  choices: ({ facts }) => [
    { value: 'loopback', label: 'This machine, and SSH', hint: 'nothing else to set up' },
    { value: 'serve', label: 'Tailscale Serve', hint: 'https for the devices of your tailnet' },
    { value: 'funnel', label: '⚠ Tailscale Funnel', hint: 'everybody can knock: long password' },
    ...(facts.now.bind === 'loopback' ? [] : [{ value: 'keep', label: `As it is (bind ${facts.now.bind})` }]),
  ],
  isAsked: isGateway,
  meant: (answer, { facts }) => (answer === 'keep' && facts.now.bind === 'loopback' ? asItIs(facts) : answer),
  initial: ({ facts }) => asItIs(facts),
  problem(answer, world) {
    if (answer === 'keep' && !isSecretForOthers(world)) return { text: tooShort('a bind beyond this machine'), remedy }
    if (answer !== 'funnel') return undefined
    const hasPassword =
      wantsPassword(world) || (said(world.answers, 'auth') === 'keep' && world.facts.now.auth === 'password')
    if (!hasPassword) return { text: 'Funnel opens the gateway to the internet, which takes a password', remedy }
    return isSecretForOthers(world) ? undefined : { text: tooShort('Funnel'), remedy }
  },
  trial: (answer) => (answer === 'serve' || answer === 'funnel' ? { of: 'tailscale', mode: answer } : undefined),
  flag: { name: 'exposure', about: 'loopback, serve, funnel or keep (loopback)', value: '<how>' },
})

function asItIs({ now }: World['facts']): string {
  if (now.tailscale !== 'off') return now.tailscale
  return now.bind === 'loopback' ? 'loopback' : 'keep'
}

const remedy = 'Go back to “Who gets in” (--auth) and choose a new password.'
const tooShort = (what: string) =>
  `For ${what} the password needs ${shortestForOthers} characters that are not guessed easily`

function isSecretForOthers({ facts, answers }: World): boolean {
  const choice = said(answers, 'auth')
  if (choice === 'password') return passwordStrength(said(answers, 'password')).isForOthers
  return choice === 'token' || facts.now.auth !== 'password' || facts.now.isForOthers
}
