/** Draws the README's pictures from real runs: fresh gateways, real keys, a real command, a real sshd. `node scripts/screenshot.ts [name]` */

import { conversation } from './screenshot/conversation.ts'
import { gateways } from './screenshot/gateways.ts'

const stories = { conversation, gateways }
const wanted = process.argv.slice(2)
for (const [name, draw] of Object.entries(stories)) if (wanted.length === 0 || wanted.includes(name)) await draw()
