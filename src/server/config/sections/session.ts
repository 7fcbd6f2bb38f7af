/** `session`: how conversations are kept apart and when they begin afresh. */

import * as z from 'zod'

const resetRule = z.strictObject({
  mode: z
    .enum(['daily', 'idle', 'off'])
    .default('daily')
    .describe('`daily` at an hour, after `idle` minutes, or never.'),
  atHour: z.int().min(0).max(23).default(4).describe('Hour of the day for `daily`.'),
  idleMinutes: z.int().min(1).default(60).describe('Minutes without a message for `idle`.'),
})

export const sessionSection = z.strictObject({
  scope: z.literal('per-sender').default('per-sender').describe('Who shares a session; only `per-sender`.'),
  dmScope: z
    .enum(['main', 'per-peer', 'per-channel-peer'])
    .default('per-channel-peer')
    .describe(
      'Which session somebody who writes from a chat service gets: the main one with everybody, one of their own over all services, or one per service.',
    ),
  mainKey: z.literal('main').default('main').describe('Name of the main session; only `main`.'),
  reset: resetRule.prefault({}).describe('When a session begins afresh by itself.'),
  resetByType: z
    .strictObject({ dm: resetRule.optional(), group: resetRule.optional(), thread: resetRule.optional() })
    .prefault({})
    .describe('Other rules for direct chats, groups and threads.'),
})
