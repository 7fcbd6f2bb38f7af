/** What runs on this machine, and where the gateway is when it runs elsewhere. */

import { errorText, Fault } from '../../../shared/fault.ts'
import { parseGatewayUrl } from '../../../tunnel/gateway-url.ts'
import { readWay } from '../../way-text.ts'
import { defineStep, said, type World } from '../step.ts'

const isElsewhere = (world: World): boolean => ['client', 'node'].includes(said(world.answers, 'role'))

export const role = defineStep({
  id: 'role',
  title: 'What runs here',
  about: () => [
    'A gateway talks to models and keeps conversations, on a machine that is on.',
    'A client connects to a gateway that runs elsewhere, as from a laptop.',
  ],
  kind: 'choice',
  choices: () => [
    { value: 'gateway', label: 'The gateway', hint: 'this machine answers you' },
    { value: 'client', label: 'A client of a gateway elsewhere', hint: 'here is only the terminal' },
    { value: 'node', label: 'A node of a gateway elsewhere', hint: 'lends its shell or camera' },
  ],
  isAsked: () => true,
  initial: ({ facts }) => (facts.now.isRemote ? 'client' : 'gateway'),
  flag: { name: 'role', about: 'what runs here: gateway, client, node (gateway)', value: '<role>' },
})

export const way = defineStep({
  id: 'way',
  title: 'Where the gateway is',
  about: () => [
    'For SSH: ada@vps.example.com, or a Host of your ~/.ssh/config. In a tailnet:',
    'vps.tail1234.ts.net. Else its address, such as wss://gateway.example.com.',
  ],
  kind: 'text',
  isAsked: isElsewhere,
  initial: () => '',
  problem(answer) {
    if (answer.trim() === '') return { text: 'Say where it is', remedy: 'For example ada@vps.example.com' }
    const way = readWay(answer)
    if (way.kind === 'ssh' && !/^[\w.:%-]+$/.test(way.host))
      return {
        text: `${answer.trim()} is not the name of a host`,
        remedy: 'For SSH it looks like ada@vps.example.com, or is a Host of your ~/.ssh/config.',
      }
    if (way.kind === 'direct') return addressProblem(way.url)
    return undefined
  },
  flag: { name: 'gateway', about: 'where the gateway is: an SSH host, a tailnet name, or wss://…', value: '<place>' },
})

function addressProblem(url: string) {
  try {
    parseGatewayUrl(url)
    return undefined
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    // The commands take --insecure, which is nothing that is saved here.
    const isPlain = error.code === 'client.insecure-url'
    return { text: errorText(error), remedy: isPlain ? 'Use wss://, or SSH: ada@vps.example.com' : error.remedy }
  }
}

export const profile = defineStep({
  id: 'profile',
  title: 'Its name here',
  about: () => [
    'The gateway is saved under this name, and used when no other is named.',
    'Any word will do. clawdbot profiles list shows all, clawdbot use changes.',
  ],
  kind: 'text',
  isAsked: isElsewhere,
  initial: ({ answers }) => nameFrom(said(answers, 'way')),
  problem: (answer) =>
    /^[\p{L}\p{N}][\p{L}\p{N}\p{M}._@+-]{0,39}$/u.test(answer.trim()) && answer.trim() !== 'local'
      ? undefined
      : {
          text: 'That cannot be a name',
          remedy: 'One word of letters and digits, such as vps; local is this machine.',
        },
  flag: { name: 'name', about: 'the name it is saved under (of the host)', value: '<profile>' },
})

export const secret = defineStep({
  id: 'secret',
  title: 'Its token or password',
  about: ({ facts, answers }) => [
    'The gateway asks for it. A token is made there: clawdbot token rotate --show',
    facts.profiles.includes(said(answers, 'profile').trim())
      ? 'It is kept in a private file of this account. Empty: as it is.'
      : 'It is kept in a private file of this account. Empty: none for now.',
  ],
  kind: 'secret',
  isAsked: isElsewhere,
  initial: () => '',
  flag: { name: 'secret-env', about: 'variable of this environment that holds its token or password', value: '<NAME>' },
})

function nameFrom(place: string): string {
  const host = place.replace(/^\w+:\/\//, '').replace(/^[^@]*@/, '')
  const first = /^[\p{L}][\p{L}\p{N}-]*/u.exec(host)?.[0]
  return (first ?? 'gateway').slice(0, 40)
}
