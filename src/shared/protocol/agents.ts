/** Agents and models (section 7.8). */

import * as z from 'zod'
import { defineMethod } from './method.ts'

const agentsList = defineMethod({
  name: 'agents.list',
  about: 'The agents of this gateway and how sessions are keyed.',
  scope: 'read',
  params: () => z.looseObject({}),
  result: () =>
    z.looseObject({
      defaultId: z.string(),
      mainKey: z.string(),
      scope: z.enum(['per-sender', 'global']).or(z.string()),
      agents: z.array(
        z.looseObject({
          id: z.string(),
          name: z.string().optional(),
          identity: z.looseObject({ name: z.string().optional(), emoji: z.string().optional() }).optional(),
        }),
      ),
    }),
})

export const modelRow = z.looseObject({
  id: z.string(),
  name: z.string(),
  provider: z.string(),
  contextWindow: z.number().optional(),
  reasoning: z.boolean().optional(),
  input: z.array(z.string()).optional(),
})
export type ModelRow = z.infer<typeof modelRow>

const modelsList = defineMethod({
  name: 'models.list',
  about: 'Models that can be chosen, as `provider/id`.',
  scope: 'read',
  params: () => z.looseObject({ agentId: z.string().max(64).optional() }),
  result: () => z.looseObject({ models: z.array(modelRow) }),
})

export const agentsMethods = [agentsList, modelsList] as const
