/** Nodes that have been here, what they are called, and the commands somebody approved. */

export const nodes = {
  id: 3,
  name: 'nodes',
  sql: `
CREATE TABLE nodes (
  node_id TEXT PRIMARY KEY,
  -- Given by a person; what the node calls itself is in about.
  name TEXT,
  about TEXT NOT NULL,
  approved TEXT NOT NULL DEFAULT '[]',
  created_at INTEGER NOT NULL,
  approved_at INTEGER,
  last_connected_at INTEGER
) WITHOUT ROWID;
`,
}
