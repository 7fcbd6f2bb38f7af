import { expect, test } from 'vitest'
import { sessionTitle, shortKey } from '../../src/client/session-words.ts'

const sessionId = '8e9906c6-5a5b-4c1e-9d53-0d7c2b1f0a11'
const row = (more: object) => ({ key: 'agent:main:work', kind: 'direct', updatedAt: 1, sessionId, ...more })

test.each([
  [{ label: ' Mine ', derivedTitle: 'About', displayName: 'Ann' }, 'Mine'],
  [{ derivedTitle: 'About', displayName: 'Ann' }, 'About'],
  [{ derivedTitle: '8e9906c6 is a commit (2026-11-26)' }, '8e9906c6 is a commit (2026-11-26)'],
  [{ derivedTitle: '12345678 (2026-11-26)' }, '12345678 (2026-11-26)'],
  [{}, 'work'],
  // What a gateway gives for a title where nobody has said anything.
  [{ derivedTitle: '8e9906c6 (2026-11-26)' }, 'work'],
  [{ derivedTitle: '8e9906c6' }, 'work'],
  [{ derivedTitle: '8e9906c6 (2026-11-26)', displayName: 'Ann' }, 'Ann'],
])('a session with %j is called %s', (more, title) => {
  expect(sessionTitle('agent:main:work', row(more))).toBe(title)
})

test.each([
  ['agent:main:main', 'main'],
  ['agent:main:日本語 セッション', '日本語 セッション'],
  ['agent:helper:work', 'agent:helper:work'],
  ['agent:main:helper:work', 'helper:work'],
  ['agent:main:agent:helper:work', 'agent:main:agent:helper:work'],
])('without anything said of it, %s is called %s', (key, title) => {
  expect([shortKey(key), sessionTitle(key)]).toEqual([title, title])
})
