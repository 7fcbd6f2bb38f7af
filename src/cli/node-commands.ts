/** The line commands about nodes: their part of the table. */

import type { CommandRow } from './command-row.ts'

export const nodeRows: readonly CommandRow[] = [
  {
    name: 'node run',
    about: 'lend this machine to a gateway',
    load: async () => (await import('./node-run.ts')).nodeRun,
  },
  {
    name: 'node approve',
    about: 'what a gateway asks of this machine',
    load: async () => (await import('./node-approve.ts')).nodeApprove,
  },
  {
    name: 'node policy',
    about: 'what it may run here',
    load: async () => (await import('./node-approve.ts')).nodePolicy,
  },
  {
    name: 'node doctor',
    about: 'what this machine can offer',
    load: async () => (await import('./node-approve.ts')).nodeDoctor,
  },
  {
    name: 'node install',
    about: 'a service that keeps it a node',
    load: async () => (await import('./node-service.ts')).nodeInstall,
  },
  {
    name: 'node uninstall',
    about: 'forget that service',
    load: async () => (await import('./node-service.ts')).nodeUninstall,
  },
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
