/** Small lists the protocol 4 terminal asks for at start (section 16.3). */

import * as z from 'zod'
import { defineMethod } from './method.ts'

const commandsList = defineMethod({
  name: 'commands.list',
  about: 'Slash commands the gateway itself understands.',
  scope: 'read',
  params: () => z.looseObject({}),
  result: () =>
    z.looseObject({
      commands: z.array(
        z.looseObject({
          name: z.string(),
          textAliases: z.array(z.string()),
          description: z.string(),
          category: z.string(),
          source: z.string(),
          scope: z.string(),
          acceptsArgs: z.boolean(),
        }),
      ),
    }),
})

const questionList = defineMethod({
  name: 'question.list',
  about: 'Questions an agent waits on. This gateway asks through approvals only, so the list is empty.',
  scope: 'read',
  params: () => z.looseObject({}),
  result: () => z.looseObject({ questions: z.array(z.looseObject({})) }),
})

const pluginApprovalList = defineMethod({
  name: 'plugin.approval.list',
  about: 'Approvals asked by plugins. This gateway has no plugins; the result is a bare empty array.',
  scope: 'approvals',
  params: () => z.looseObject({}),
  result: () => z.array(z.looseObject({})),
})

export const commandsMethods = [commandsList, questionList, pluginApprovalList] as const
