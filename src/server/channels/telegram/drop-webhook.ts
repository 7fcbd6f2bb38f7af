/** Tells Telegram to call nobody any more; `deleteWebhook` of the Bot API. grammY is not loaded for it. */

import type { Secret } from '../../../shared/std/secret.ts'
import { askService } from '../../setup/ask.ts'

/** What went wrong, in words; undefined when Telegram has done it, also where it called nobody. Messages that wait stay. */
export async function dropWebhook(token: Secret, root: string, signal: AbortSignal): Promise<string | undefined> {
  const answer = await askService(`${root.replace(/\/+$/, '')}/bot${token.reveal()}/deleteWebhook`, {}, signal)
  if (answer.kind === 'none') return `Telegram ${answer.reason}`
  return answer.status === 200 ? undefined : `Telegram answered ${answer.status}`
}
