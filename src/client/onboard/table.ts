/** Every question, in the order in which it is asked. */

import type { Step } from './step.ts'
import { channel, telegram } from './steps/channel.ts'
import { again, auth, exposure, password } from './steps/door.ts'
import { message, run } from './steps/life.ts'
import { address, key, model, provider } from './steps/model.ts'
import { profile, role, secret, way } from './steps/where.ts'

export const onboardSteps: readonly Step[] = [
  ...[role, way, profile, secret],
  ...[provider, address, key, model],
  ...[channel, telegram],
  ...[auth, password, again, exposure],
  ...[run, message],
]
