/** Session keys: canonical form, aliases and kinds (gateway protocol, section 11.1). */

/** A well-formed agent id: lowercase, `[a-z0-9][a-z0-9_-]{0,63}`; empty or hopeless input becomes `main`. */
export function normalizeAgentId(text: string): string {
  const id = text
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '-')
    .replace(/^[_-]+/, '')
    .slice(0, 64)
  return id === '' ? 'main' : id
}

/** `main` and bare keys become `agent:<default agent>:<key>`; `global` and `unknown` stay. */
export function canonicalKey(key: string, defaultAgentId = 'main'): string {
  const trimmed = key.trim()
  if (trimmed === 'global' || trimmed === 'unknown') return trimmed
  const match = /^agent:([^:]+):(.+)$/i.exec(trimmed)
  if (match) return `agent:${normalizeAgentId(match[1] ?? '')}:${match[2]}`
  return `agent:${normalizeAgentId(defaultAgentId)}:${trimmed === '' ? 'main' : trimmed}`
}

/** The agent a canonical key belongs to. */
export function agentIdOf(key: string, defaultAgentId = 'main'): string {
  return /^agent:([^:]+):/.exec(key)?.[1] ?? defaultAgentId
}

export function sessionKind(key: string): 'direct' | 'group' | 'global' | 'unknown' {
  if (key === 'global' || key === 'unknown') return key
  return key.includes(':group:') || key.includes(':channel:') ? 'group' : 'direct'
}
