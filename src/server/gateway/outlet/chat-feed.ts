/** Turns run news of the bus into outgoing items, and remembers what each running reply has said so far. */

import type { RunSnapshot } from '../../../shared/protocol/reattach.ts'
import type { RunNews } from '../../bus.ts'
import { RunVoice, type VoiceOptions } from './run-voice.ts'

export type ChatFeedOptions = Omit<VoiceOptions, 'run'> & {
  /** Whether the session's verbose level is on. */
  isVerbose(canonicalKey: string): boolean
}

export class ChatFeed {
  readonly #voices = new Map<string, RunVoice>()
  readonly #options: ChatFeedOptions

  constructor(options: ChatFeedOptions) {
    this.#options = options
  }

  hear(news: RunNews): void {
    const voice = this.#voice(news)
    switch (news.type) {
      case 'run.queued':
        voice.queued()
        break
      case 'run.started':
        voice.started(news.startedAt)
        break
      case 'run.text':
        voice.text(news.offset, news.text)
        break
      case 'run.thinking':
        voice.thinking(news.offset, news.text)
        break
      case 'run.tool':
        voice.tool(news.data, this.#options.isVerbose(news.run.canonicalKey))
        break
      case 'run.ended':
        this.#voices.delete(news.run.runId)
        voice.ended(news)
        break
    }
  }

  /** Every reply being written or waiting its turn. */
  runs(): RunSnapshot[] {
    return [...this.#voices.values()].map((voice) => voice.snapshot())
  }

  #voice({ run }: RunNews): RunVoice {
    const known = this.#voices.get(run.runId)
    if (known) return known
    const voice = new RunVoice({ ...this.#options, run })
    this.#voices.set(run.runId, voice)
    return voice
  }
}
