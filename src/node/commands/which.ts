/** `system.which`: where programs are on this machine. */

import * as z from 'zod'
import { defineNodeCommand } from '../node-command.ts'

export const which = defineNodeCommand({
  name: 'system.which',
  cap: 'system',
  params: z.object({ bins: z.array(z.string().min(1).max(256)).max(256) }),
  look: async () => ({ kind: 'able', detail: 'the search path' }),
  async run({ bins }, { machine }) {
    // A name is looked up, a path is not: what is where is nobody's business beyond the search path.
    const names = [...new Set(bins)].filter((name) => !name.includes('/'))
    const found = await Promise.all(names.map(async (name) => [name, await machine.find(name)] as const))
    return { bins: Object.fromEntries(found.filter(([, path]) => path !== undefined)) }
  },
})
