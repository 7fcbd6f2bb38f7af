/** Approved devices and the digests of their tokens. */

export const devices = {
  id: 2,
  name: 'devices',
  sql: `
CREATE TABLE devices (
  device_id TEXT PRIMARY KEY,
  public_key TEXT NOT NULL,
  roles TEXT NOT NULL,
  scopes TEXT NOT NULL,
  about TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  approved_at INTEGER NOT NULL
) WITHOUT ROWID;

-- digest is the SHA-256 of the token. A revoked row stays, so that revoked stays revoked.
CREATE TABLE device_tokens (
  device_id TEXT NOT NULL REFERENCES devices (device_id) ON DELETE CASCADE,
  role TEXT NOT NULL,
  digest BLOB NOT NULL,
  scopes TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  rotated_at INTEGER,
  revoked_at INTEGER,
  last_used_at INTEGER,
  PRIMARY KEY (device_id, role)
) WITHOUT ROWID;
`,
}
