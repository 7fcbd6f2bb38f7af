/** The page of the nodes, and of a program that ran on one: lines with a name before a tab, or of the whole width. Pure. */

import { fingerprintOf, nodeName, standing, type WaitingRequest } from '../../client/node-words.ts'
import type { NodeRow } from '../../shared/protocol/nodes.ts'
import { isRecord } from '../../shared/std/json.ts'
import { shellWords } from '../../shared/std/shell-words.ts'
import { age } from '../screens/ages.ts'

export type NodesSeen = {
  readonly nodes: readonly NodeRow[]
  readonly waiting: readonly WaitingRequest[]
  /** The gateway's time, by which it dates what it tells. */
  readonly ts: number
}

export function nodesText({ nodes, waiting, ts }: NodesSeen): string {
  const asked = waiting.flatMap((request) => [
    `? ${clean(request.name)}\twants ${clean(request.wants)}`,
    `\t${facts(fingerprintOf(request.nodeId), request.address)}`,
    `\t/nodes approve ${clean(request.name)}`,
    '',
  ])
  const known = nodes.flatMap((node) => [
    `${node.connected ? '●' : '○'} ${clean(nodeName(node))}\t${facts(node.platform, node.version, standing(node))}`,
    `\t${clean(node.commands.join(', ') || 'may be asked nothing yet')}`,
    `\t${facts(fingerprintOf(node.nodeId), node.remoteIp, lastHere(node, ts))}`,
    '',
  ])
  const none = nodes.length + waiting.length === 0 ? ['Nodes\tThere are none yet.'] : []
  const ways = [
    ...(waiting.length === 0 ? [] : ['\t/nodes reject <name> refuses one that asks.']),
    ...(nodes.length === 0 ? [] : ['\t/nodes run <name> <program>, rename <name> <new name>']),
  ]
  return [...asked, ...known, ...none, ...ways, '\tA machine becomes one with: clawdbot node run'].join('\n')
}

/** What a program said and how it ended, under the place it ran at. */
export function ranText(place: string, command: readonly string[], payload: unknown): string {
  const ran = isRecord(payload) ? payload : {}
  return [headOf(place, command), '', ...linesOf(ran.stdout), ...linesOf(ran.stderr), `\t${endOf(ran)}`].join('\n')
}

/** What it said so far; `standing`: that it runs, or who is asked before it does. */
export function runningText(place: string, command: readonly string[], said: string, standing: string): string {
  return [headOf(place, command), '', ...linesOf(said), `\t${clean(standing)}`].join('\n')
}

function headOf(place: string, command: readonly string[]): string {
  return `${clean(place)}: ${clean(shellWords(command))}`
}

function linesOf(text: unknown): string[] {
  if (typeof text !== 'string' || text.trim() === '') return []
  return [...text.trimEnd().split('\n').map(clean), '']
}

function endOf({ exitCode, timedOut, error }: Record<string, unknown>): string {
  if (timedOut === true) return 'Ended: its time was over.'
  if (typeof error === 'string' && error !== '') return clean(error)
  return typeof exitCode === 'number' ? `Ended with ${exitCode}.` : 'Ended.'
}

function lastHere({ connected, lastConnectedAtMs }: NodeRow, ts: number): string {
  return connected || lastConnectedAtMs === undefined ? '' : `last here ${ago(age(lastConnectedAtMs, ts))}`
}

const ago = (when: string): string => (/^\d+[a-z]+$/.test(when) ? `${when} ago` : when)

const facts = (...parts: readonly (string | undefined)[]): string => clean(parts.filter(Boolean).join(' · '))

const clean = (text: string): string => text.replaceAll(/[\t\n]/g, ' ')
