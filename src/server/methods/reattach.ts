/** `reattach`: lets events flow, from where an earlier connection stopped if that is still known. */

import type { HandlersOf } from '../../shared/rpc/call.ts'
import type { HandlerContext } from '../gateway/context.ts'
import type { ChatFeed } from '../gateway/outlet/chat-feed.ts'
import type { Hub } from '../gateway/outlet/hub.ts'

export function reattachMethods(parts: {
  hub: Pick<Hub, 'resume'>
  feed: Pick<ChatFeed, 'runs'>
}): HandlersOf<'reattach', HandlerContext> {
  return {
    reattach: ({ from }, { peer }) => {
      const resumed = parts.hub.resume(peer.connId, from)
      // Who was sent what it missed has the running replies already, and a long one costs as much again at each break.
      return { ...resumed, runs: resumed.status === 'resumed' ? [] : parts.feed.runs() }
    },
  }
}
