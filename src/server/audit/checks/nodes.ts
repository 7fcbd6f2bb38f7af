/** What machines that lend their shell or camera may be asked. */

import { defineCheck } from '../check.ts'

/** Runs what it is given, changes what may run, acts as its owner, or watches. */
const dangerous = /^(system\.(run|execApprovals\.set)$|browser\.|sms\.send$|screen\.record$|camera\.(snap|clip)$)/

export const nodeExecEnabled = defineCheck({
  id: 'nodes.exec_enabled',
  severity: 'warning',
  about:
    'Commands may be run on another machine, too: whoever takes over this gateway asks that one next. Its own policy still says which.',
  remedy: '`clawdbot nodes list`, then `clawdbot nodes remove` with the name of what need not run commands.',
  run: ({ nodes }) =>
    nodes
      .filter(({ approved }) => approved.includes('system.run'))
      .map(({ id, name }) => ({
        message: `${name} (${id.slice(0, 8)}) may be asked to run commands`,
        remedy: `If it need not: clawdbot nodes remove ${id.slice(0, 16)}`,
      })),
})

export const dangerousNodeCommands = defineCheck({
  id: 'nodes.allow_commands_dangerous',
  severity: 'critical',
  about:
    'The settings allow every node, of whatever kind, to be asked for something that runs commands, sends messages or records. Machines that should do such a thing may be asked for it without being in this list.',
  remedy: 'Take it out of `gateway.nodes.allowCommands`: `clawdbot config edit`',
  run({ config }) {
    const found = config.settings.gateway.nodes.allowCommands.filter((name) => dangerous.test(name))
    if (found.length === 0) return []
    return [
      {
        message: `gateway.nodes.allowCommands lets every node be asked for ${found.join(', ')}`,
        remedy: 'Take it out there: clawdbot config edit',
      },
    ]
  },
})
