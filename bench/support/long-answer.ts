/** An answer of 26.8 kB as models write them: headings, prose, lists, tables, code, in turn. */

const section = (number: number): string => `## Step ${number}: look before you leap

The gateway keeps **every message** in one database, and \`chat.send\` is answered only after the message is *committed*.
A slow reader never slows the others; see [the notes](https://example.org/notes/${number}) for how its queue folds.

- first, find out what is running, with \`clawdbot status\`
- then read the last lines of the log
  - look for a line that names the port
  - and for the moment it began
- at last restart what is stuck

| host | state | latency |
|------|:-----:|--------:|
| vps-${number} | live | ${number * 7} ms |
| 自宅のサーバー | waiting | ${number * 3} ms |

\`\`\`ts
export function step${number}(state: State, event: Event): State {
  if (event.kind === 'closed') return { ...state, phase: 'waiting', attempt: state.attempt + 1 }
  return state
}
\`\`\`

> Measure first. 計測してから直す。

`

export const longAnswer: string = Array.from({ length: 40 }, (_, index) => section(index + 1))
  .join('')
  .slice(0, 26_800)
