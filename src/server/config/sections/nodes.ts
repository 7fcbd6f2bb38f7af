/** `gateway.nodes`: what devices that lend their shell or camera may be asked. */

import * as z from 'zod'

const command = z.string().regex(/^[\w.-]{1,128}$/, 'must be the name of a command, such as camera.snap')

export const nodesSection = z.strictObject({
  allowCommands: z
    .array(command)
    .default([])
    .describe('Commands a node may be asked besides those of its platform. Each node still needs them approved.'),
  denyCommands: z.array(command).default([]).describe('Commands no node may be asked, approved or not.'),
})
