/** `clawdbot models`: the models the gateway can use. */

import { defineCommand, gatewayFlags } from './command.ts'
import { printJson, withGateway } from './gateway-call.ts'
import { columns } from './style.ts'

export const models = defineCommand({
  name: 'models',
  about: 'models that can be chosen, as provider/id',
  flags: gatewayFlags,
  async run(invocation) {
    const { out, flags } = invocation
    return await withGateway(invocation, async ({ call }) => {
      const list = await call('models.list', {})
      if (flags.json) printJson(invocation, list)
      else if (list.models.length === 0) out('No model is configured; the built-in provider answers.\n')
      else {
        const rows = list.models.map((model) => [
          `${model.provider}/${model.id}`,
          model.name,
          model.contextWindow === undefined ? '' : `${Math.round(model.contextWindow / 1000)}k`,
        ])
        out(columns(['Model', 'Name', 'Context'], rows))
      }
      return 0
    })
  },
})
