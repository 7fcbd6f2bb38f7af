/** Devices that wait for approval, devices approved, and their tokens as digests. */

export const devices = {
  id: 2,
  name: 'devices',
  sql: `
CREATE TABLE device_requests (
  request_id TEXT PRIMARY KEY,
  device_id TEXT NOT NULL UNIQUE,
  source TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  device TEXT NOT NULL
);

CREATE TABLE devices (
  device_id TEXT PRIMARY KEY,
  public_key TEXT NOT NULL,
  roles TEXT NOT NULL,
  scopes TEXT NOT NULL,
  about TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  approved_at INTEGER NOT NULL
) WITHOUT ROWID;

-- digest is the SHA-256 of the token, hex. A revoked row stays, so that revoked stays revoked.
CREATE TABLE device_tokens (
  device_id TEXT NOT NULL REFERENCES devices (device_id) ON DELETE CASCADE,
  role TEXT NOT NULL,
  digest TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  rotated_at INTEGER,
  revoked_at INTEGER,
  last_used_at INTEGER,
  PRIMARY KEY (device_id, role)
) WITHOUT ROWID;
CREATE INDEX device_tokens_by_digest ON device_tokens (digest);
`,
}
