/**
 * Which methods and events a client knows. A line command that needs two of them does not load the schemas of all: they
 * take as long to build as an empty Node takes to start.
 */

import type { Event } from '../protocol/event.ts'
import type { Method } from '../protocol/method.ts'

export type Vocabulary = {
  method(name: string): Method | undefined
  event(name: string): Event | undefined
}

/** The few that are named. `connect.challenge` must be among the events, or the handshake is never heard. */
export function vocabularyOf(methods: readonly Method[], events: readonly Event[]): Vocabulary {
  return {
    method: (name) => methods.find((method) => method.name === name),
    event: (name) => events.find((event) => event.name === name),
  }
}
