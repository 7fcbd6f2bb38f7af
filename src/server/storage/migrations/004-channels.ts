/** What chat services tell and what they are to be told, who may speak, and where a session's answers go. */

export const channels = {
  id: 4,
  name: 'channels',
  sql: `
-- What came in, once each. body is the event as JSON until it is dealt with; the bare id stays, so that it is known again.
CREATE TABLE channel_inbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  channel TEXT NOT NULL,
  event_id TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  body TEXT,
  -- Ids of messages in which the answer is already being shown, as JSON.
  shown TEXT,
  UNIQUE (channel, event_id)
);
CREATE INDEX channel_inbox_open ON channel_inbox (channel, id) WHERE body IS NOT NULL;

-- What has to go out, in order per chat. delivered counts the pieces that have arrived.
CREATE TABLE channel_outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  channel TEXT NOT NULL,
  message_key TEXT NOT NULL UNIQUE,
  chat TEXT NOT NULL,
  body TEXT NOT NULL,
  file BLOB,
  state TEXT NOT NULL DEFAULT 'waiting',
  delivered INTEGER NOT NULL DEFAULT 0,
  message_id TEXT,
  error TEXT,
  created_at INTEGER NOT NULL,
  settled_at INTEGER
);
CREATE INDEX channel_outbox_waiting ON channel_outbox (channel, id) WHERE state = 'waiting';

-- People by the number the service gave them: asking, approved, or rejected.
CREATE TABLE channel_senders (
  channel TEXT NOT NULL,
  sender_id TEXT NOT NULL,
  state TEXT NOT NULL,
  code TEXT,
  name TEXT NOT NULL,
  username TEXT,
  chat TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  decided_at INTEGER,
  PRIMARY KEY (channel, sender_id)
) WITHOUT ROWID;

-- The chat a session belongs to, as JSON; null for sessions of terminals.
ALTER TABLE sessions ADD COLUMN origin TEXT;
`,
}
