/** Sessions, transcripts, entries, runs, streamed text, the search index and token use. */

export const conversations = {
  id: 1,
  name: 'conversations',
  sql: `
-- One conversation under one session id. A reset begins a new one; the old stays searchable.
CREATE TABLE transcripts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  session_id TEXT NOT NULL UNIQUE,
  key TEXT NOT NULL,
  started_at INTEGER NOT NULL
);
CREATE INDEX transcripts_by_key ON transcripts (key);

-- What a session is now. Everything but the settings can be rebuilt from the entries.
CREATE TABLE sessions (
  key TEXT PRIMARY KEY,
  agent_id TEXT NOT NULL,
  transcript INTEGER NOT NULL REFERENCES transcripts (id),
  label TEXT UNIQUE,
  spawned_by TEXT,
  settings TEXT NOT NULL DEFAULT '{}',
  title TEXT,
  preview TEXT,
  -- Grows with every change; lists are ordered by it and never by the clock.
  activity INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL DEFAULT 0,
  output_tokens INTEGER NOT NULL DEFAULT 0,
  total_tokens INTEGER NOT NULL DEFAULT 0,
  model_provider TEXT,
  model TEXT,
  aborted_last_run INTEGER NOT NULL DEFAULT 0,
  compactions INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX sessions_by_activity ON sessions (activity);
CREATE INDEX sessions_by_transcript ON sessions (transcript);

-- The log. turn is the seq of the user entry that began the run, so a message that waited its turn sorts after the
-- reply it waited for.
CREATE TABLE entries (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  transcript INTEGER NOT NULL REFERENCES transcripts (id),
  turn INTEGER NOT NULL,
  run_id TEXT,
  role TEXT NOT NULL,
  timestamp INTEGER NOT NULL,
  -- Estimated, for fitting a model's window without reading the messages.
  tokens INTEGER NOT NULL,
  message TEXT NOT NULL
);
-- Covers the question how many tokens each turn has.
CREATE INDEX entries_by_turn ON entries (transcript, turn, seq, tokens);

-- run_id is the caller's idempotency key.
CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL UNIQUE,
  transcript INTEGER NOT NULL,
  turn INTEGER NOT NULL,
  key TEXT NOT NULL,
  echo_key TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  source TEXT NOT NULL,
  status TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  final_seq INTEGER,
  error_message TEXT,
  stop_reason TEXT
);
CREATE INDEX runs_open ON runs (key) WHERE status = 'running';

-- Text streamed since the run's last stored message.
CREATE TABLE checkpoints (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  position INTEGER NOT NULL,
  text TEXT NOT NULL
);

-- The model sees summary instead of every turn up to and including turn.
CREATE TABLE compactions (
  transcript INTEGER PRIMARY KEY REFERENCES transcripts (id),
  turn INTEGER NOT NULL,
  summary TEXT NOT NULL
);

-- rowid is entries.seq; the text is prepared by search-text.ts.
CREATE VIRTUAL TABLE entry_words USING fts5 (words, content='', contentless_delete=1, tokenize='unicode61');

-- Tokens by hour since 1970, so that any time zone can add up its own days.
CREATE TABLE usage_hours (
  hour INTEGER PRIMARY KEY,
  input INTEGER NOT NULL,
  output INTEGER NOT NULL,
  cache_read INTEGER NOT NULL,
  cache_write INTEGER NOT NULL,
  total INTEGER NOT NULL,
  answers INTEGER NOT NULL
);
`,
}
