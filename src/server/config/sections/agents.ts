/** `agents`: who answers, with which model, where their files are. */

import * as z from 'zod'
import { thinkingLevels } from '../../../shared/model/thinking.ts'

const modelRef = z.string().min(1).max(256)

/** One model, or one with others to fall back to, in order. */
const modelChoice = z.union([
  modelRef,
  z.strictObject({
    primary: modelRef.describe('Tried first.'),
    fallbacks: z.array(modelRef).default([]).describe('Tried in order when the one before cannot answer.'),
  }),
])

const workspace = z.string().min(1)

export const agentsSection = z
  .strictObject({
    defaults: z
      .strictObject({
        model: modelChoice
          .optional()
          .describe(
            '`provider/model` or `provider:model`, or `{primary, fallbacks}`. Without one the built-in guide answers.',
          ),
        models: z
          .record(modelRef, z.strictObject({ alias: z.string().min(1).max(64).optional().describe('A short name.') }))
          .optional()
          .describe('When present, only these models (`provider/model`) can be chosen for a session.'),
        workspace: workspace
          .optional()
          .describe('Folder the file tools work in. Default: `workspace` in the state folder.'),
        contextTokens: z
          .int()
          .min(1000)
          .optional()
          .describe('Most tokens of history a model is given. Default: what the model is known to take.'),
        thinkingDefault: z
          .enum(thinkingLevels)
          .default('off')
          .describe('How long models think, unless a session says.'),
        verboseDefault: z
          .enum(['off', 'on', 'full'])
          .default('off')
          .describe('Whether tool news goes to protocol 3 clients, unless a session says.'),
        timeoutSeconds: z.int().min(1).max(86_400).default(600).describe('Longest a run may take.'),
        userTimezone: z
          .string()
          .refine(isTimeZone, 'is not a time zone, such as "Asia/Tokyo"')
          .optional()
          .describe('IANA name of your time zone. Default: that of this machine.'),
      })
      .prefault({})
      .describe('For every agent.'),
    list: z
      .array(
        z.strictObject({
          id: z
            .string()
            .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'must be lowercase letters, digits, "-" or "_"')
            .describe('Part of its session keys.'),
          default: z.boolean().optional().describe('Whether messages without an agent go to this one.'),
          name: z.string().min(1).max(64).optional().describe('Shown in lists.'),
          workspace: workspace.optional().describe('Its own folder.'),
          model: modelChoice.optional().describe('Its own model.'),
          identity: z
            .strictObject({
              name: z.string().max(64).optional().describe('Instead of `name`.'),
              theme: z.string().max(64).optional().describe('Character, in a few words.'),
              emoji: z.string().max(16).optional().describe('One character.'),
              avatar: z.string().max(2048).optional().describe('Address of a picture.'),
            })
            .optional()
            .describe('How clients show it.'),
        }),
      )
      .default([])
      .describe('More agents than the default `main`.'),
  })
  .superRefine(({ list }, context) => {
    const seen = new Set<string>()
    list.forEach(({ id }, i) => {
      if (seen.has(id)) context.addIssue({ code: 'custom', path: ['list', i, 'id'], message: `"${id}" is given twice` })
      seen.add(id)
    })
    if (list.filter((agent) => agent.default).length > 1) {
      context.addIssue({ code: 'custom', path: ['list'], message: 'has more than one default agent' })
    }
  })

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false // RangeError: no such zone
  }
}
