/** Chat channels: none are built yet, and the answer says so (section 7.4). */

import type { HandlersOf } from '../../shared/rpc/call.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { HandlerContext } from '../gateway/context.ts'

export function channelsMethods({ clock }: { clock: Clock }): HandlersOf<'channels', HandlerContext> {
  return {
    'channels.status': () => ({
      ts: clock.now(),
      channelOrder: [],
      channelLabels: {},
      channelDetailLabels: {},
      channelSystemImages: {},
      channelMeta: [],
      channels: {},
      channelAccounts: {},
      channelDefaultAccountId: {},
    }),
  }
}
