/** The whole configuration: every key, its default and what it does. An empty file is valid. */

import * as z from 'zod'
import { agentsSection } from './sections/agents.ts'
import { channelsSection } from './sections/channels.ts'
import { envSection } from './sections/env.ts'
import { gatewaySection } from './sections/gateway.ts'
import { loggingSection } from './sections/logging.ts'
import { modelsSection } from './sections/models.ts'
import { sessionSection } from './sections/session.ts'
import { toolsSection } from './sections/tools.ts'

export const configSchema = z.strictObject({
  gateway: gatewaySection.prefault({}).describe('Where the gateway listens and who gets in.'),
  agents: agentsSection.prefault({}).describe('Who answers.'),
  models: modelsSection.prefault({}).describe('Services that answer.'),
  session: sessionSection.prefault({}).describe('Conversations.'),
  channels: channelsSection.prefault({}).describe('Chat services people write from.'),
  tools: toolsSection.prefault({}).describe('What agents may do.'),
  logging: loggingSection.prefault({}).describe('The log.'),
  env: envSection.prefault({}).describe('Variables.'),
})

/** With every default filled in. */
export type Config = z.output<typeof configSchema>

export const defaultConfig = (): Config => configSchema.parse({})
