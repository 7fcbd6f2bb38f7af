/** What a service was started for: a gateway that answers. */

import { untilAnswering } from '../client/local.ts'
import type { ServiceManager } from '../client/service/service-manager.ts'
import { Fault } from '../shared/fault.ts'
import type { Surroundings } from './command.ts'

/** Some service managers are done before the gateway listens. Rejects with `service.failed` when none answers in time. */
export async function demandAnswer(
  { manager, name, was }: { manager: ServiceManager; name: string; was: 'installed' | 'started again' },
  world: Pick<Surroundings, 'paths' | 'clock' | 'signal'>,
) {
  const note = await untilAnswering(world)
  if (note) return note
  const { words, journal } = await manager.state(name)
  const state = words ? ` (${words})` : ''
  throw new Fault('service.failed', `The service was ${was}, but no gateway answers${state}`, {
    remedy: `See: ${journal}`,
  })
}
