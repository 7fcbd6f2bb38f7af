/** The line commands about nodes: their part of the table. */

import type { CommandRow } from './command-row.ts'

export const nodeRows: readonly CommandRow[] = [
  {
    name: 'nodes list',
    about: 'nodes approved and waiting',
    load: async () => (await import('./nodes.ts')).nodesList,
  },
  {
    name: 'nodes status',
    about: 'nodes and whether they are connected',
    load: async () => (await import('./nodes.ts')).nodesStatus,
  },
  {
    name: 'nodes describe',
    about: 'everything known of one node',
    load: async () => (await import('./nodes.ts')).nodesDescribe,
  },
  {
    name: 'nodes approve',
    about: 'let a node connect, or be asked its commands',
    load: async () => (await import('./nodes-pair.ts')).nodesApprove,
  },
  {
    name: 'nodes reject',
    about: 'refuse what waits',
    load: async () => (await import('./nodes-pair.ts')).nodesReject,
  },
  {
    name: 'nodes rename',
    about: 'the name shown wherever it acts',
    load: async () => (await import('./nodes-pair.ts')).nodesRename,
  },
  {
    name: 'nodes remove',
    about: 'forget a node',
    load: async () => (await import('./nodes-pair.ts')).nodesRemove,
  },
  {
    name: 'nodes invoke',
    about: 'ask a node for one of its commands',
    load: async () => (await import('./nodes-invoke.ts')).nodesInvoke,
  },
  {
    name: 'nodes run',
    about: 'run a program on a node',
    load: async () => (await import('./nodes-invoke.ts')).nodesRun,
  },
]
