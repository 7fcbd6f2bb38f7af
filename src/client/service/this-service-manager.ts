/** Which service manager this machine has. */

import { Fault } from '../../shared/fault.ts'
import { launchdManager } from './launchd-manager.ts'
import type { ServiceManager, ServiceWorld } from './service-manager.ts'
import { systemdManager } from './systemd-manager.ts'

/** Throws `usage.invalid` where there is none we know. */
export function serviceManager(world: ServiceWorld): ServiceManager {
  if (world.platform === 'linux') return systemdManager(world)
  if (world.platform === 'darwin' && world.scope !== 'system') return launchdManager(world)
  const whose = world.platform === 'darwin' ? ' for services of the whole system' : ''
  throw new Fault('usage.invalid', `On ${world.platform} there is no service manager this product knows${whose}`, {
    remedy: whose
      ? 'Leave --system out: it then starts when you log in.'
      : 'Start the program by other means when you log in, with --background.',
  })
}
