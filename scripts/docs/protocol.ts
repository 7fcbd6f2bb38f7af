/** Prints `docs/protocol.md` from the protocol's table: every method and event, who may use it, what it carries. */
import type { Event } from '../../src/shared/protocol/event.ts'
import type { Method } from '../../src/shared/protocol/method.ts'
import { eventList, methodsByNoun } from '../../src/shared/protocol/table.ts'
import { shape } from './shape.ts'

const opening = `# Protocol

Printed from \`src/shared/protocol\` by \`npm run docs\`; edit the schemas, not this page.

One WebSocket carries JSON text frames. A client asks \`{ type: "req", id, method, params }\` and is answered
\`{ type: "res", id, ok, payload | error }\`; the gateway tells \`{ type: "event", event, payload, seq? }\` unasked. The
first request is \`connect\`. A scope names what the caller must have been granted: \`admin\` includes all others,
\`write\` includes \`read\`, and \`public\` is for anyone who is connected in that role. Objects may carry more fields
than are named here, and a peer ignores what it does not know.`

export function printProtocol(): string {
  const nouns = Object.entries(methodsByNoun).map(
    ([noun, methods]) => `## ${noun}\n\n${methods.map(printMethod).join('\n\n')}`,
  )
  return `${[opening, ...nouns, `## Events\n\n${eventList.map(printEvent).join('\n\n')}`].join('\n\n')}\n`
}

function printMethod({ name, about, scope, role, params, result, extension }: Method): string {
  const who = `Scope \`${scope}\`, role \`${role}\`${extension ? '; an extension of ours' : ''}.`
  return `### \`${name}\`\n\n${about} ${who}\n\n${code(`params ${shape(params, 'input')}\nresult ${shape(result, 'output')}`)}`
}

function printEvent({ name, about, scope, payload, droppable }: Event): string {
  const who = `Scope \`${scope}\`${droppable ? '; a slow reader may miss it' : ''}.`
  return `### \`${name}\`\n\n${about} ${who}\n\n${code(`payload ${shape(payload, 'output')}`)}`
}

function code(text: string): string {
  return `\`\`\`ts\n${text}\n\`\`\``
}
