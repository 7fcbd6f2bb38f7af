/** The nodes this gateway knows, on disk: names, what they said of themselves last, and the commands approved for each. */

import type { Clock } from '../../shared/std/clock.ts'
import type { Database, Row } from '../storage/database.ts'

/** What a node says of itself. Nothing of it grants anything. */
export type NodeAbout = {
  displayName?: string | undefined
  platform?: string | undefined
  version?: string | undefined
  deviceFamily?: string | undefined
  modelIdentifier?: string | undefined
  remoteIp?: string | undefined
  caps: readonly string[]
  /** Offered, whether allowed or not. */
  commands: readonly string[]
  permissions?: Readonly<Record<string, boolean>> | undefined
  pathEnv?: string | undefined
}

export type KnownNode = {
  nodeId: string
  /** As people call it. */
  name: string
  about: NodeAbout
  approved: readonly string[]
  createdAtMs: number
  approvedAtMs?: number
  lastConnectedAtMs?: number
}

export class NodeStore {
  readonly #db: Database
  readonly #clock: Clock

  constructor(db: Database, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  list(): KnownNode[] {
    return this.#db.all('SELECT * FROM nodes ORDER BY created_at, node_id').map(nodeFromRow)
  }

  find(nodeId: string): KnownNode | undefined {
    const row = this.#db.get('SELECT * FROM nodes WHERE node_id = ?', nodeId)
    return row && nodeFromRow(row)
  }

  /** It came. Grants nothing. */
  seen(nodeId: string, about: NodeAbout): KnownNode {
    const now = this.#clock.now()
    this.#db.light.run(
      `INSERT INTO nodes (node_id, about, created_at, last_connected_at) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET about = excluded.about, last_connected_at = excluded.last_connected_at`,
      ...[nodeId, JSON.stringify(about), now, now],
    )
    return this.find(nodeId) as KnownNode
  }

  /** Adds the commands to those approved before. */
  approve(nodeId: string, about: NodeAbout, commands: readonly string[]): KnownNode {
    const now = this.#clock.now()
    const approved = [...new Set([...(this.find(nodeId)?.approved ?? []), ...commands])].sort()
    this.#db.run(
      `INSERT INTO nodes (node_id, about, approved, created_at, approved_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET approved = excluded.approved, approved_at = excluded.approved_at`,
      ...[nodeId, JSON.stringify(about), JSON.stringify(approved), now, now],
    )
    return this.find(nodeId) as KnownNode
  }

  unapprove(nodeId: string): void {
    this.#db.run("UPDATE nodes SET approved = '[]', approved_at = NULL WHERE node_id = ?", nodeId)
  }

  rename(nodeId: string, name: string): void {
    this.#db.run('UPDATE nodes SET name = ? WHERE node_id = ?', name, nodeId)
  }

  /** False when it was not known. */
  forget(nodeId: string): boolean {
    const isKnown = this.find(nodeId) !== undefined
    this.#db.run('DELETE FROM nodes WHERE node_id = ?', nodeId)
    return isKnown
  }
}

function nodeFromRow(row: Row): KnownNode {
  const about = JSON.parse(String(row.about)) as NodeAbout
  const nodeId = String(row.node_id)
  return {
    nodeId,
    name: row.name === null ? (about.displayName ?? nodeId.slice(0, 12)) : String(row.name),
    about,
    approved: JSON.parse(String(row.approved)) as string[],
    createdAtMs: Number(row.created_at),
    ...(row.approved_at === null ? {} : { approvedAtMs: Number(row.approved_at) }),
    ...(row.last_connected_at === null ? {} : { lastConnectedAtMs: Number(row.last_connected_at) }),
  }
}
