/** Every check, in the order of the page and of the report. */

import type { Check } from './check.ts'
import { channelOpen, dmScopeMain, groupsOpen } from './checks/channels.ts'
import { execFull, interpreterAllowlisted, weakModel, writableAllowlisted } from './checks/commands.ts'
import { configGroupReadable, configLink, configWorldReadable, configWritable } from './checks/config-file.ts'
import { manyAdminDevices, staleDevices } from './checks/devices.ts'
import { allowedHostsWide, allowedOriginsWildcard, trustedProxiesMissing, trustedProxyWide } from './checks/door.ts'
import { httpNoAuth, identityShared, loopbackNoAuth, portTaken, probeFailed } from './checks/door-probe.ts'
import {
  bindNoAuth,
  bindPublic,
  passwordMissing,
  secretGuessable,
  secretPlaceholder,
  socketAvailable,
  tokenTooShort,
} from './checks/exposure.ts'
import { dangerousNodeCommands, nodeExecEnabled } from './checks/nodes.ts'
import { ownerMismatch, runningAsRoot } from './checks/ownership.ts'
import {
  credentialReadable,
  credentialsFolderReadable,
  credentialsFolderWritable,
  credentialWritable,
  logReadable,
  storeReadable,
} from './checks/private-files.ts'
import { debugLogging, redactOff, secretsInConfig, unknownKeys, unusable } from './checks/settings.ts'
import {
  addonMissing,
  agentForwardingOn,
  keyPerms,
  keyUnencrypted,
  knownHostsMissing,
  noPostQuantum,
  notLookedAt,
  strictHostKeyOff,
} from './checks/ssh.ts'
import {
  stateDirGroupWritable,
  stateDirLink,
  stateDirReadable,
  stateDirWorldWritable,
  syncedFolder,
} from './checks/state-folder.ts'
import { diskLow, integrity, noBackup, unwritable } from './checks/store.ts'
import { attackSurface } from './checks/summary.ts'
import { foreignHandler, funnelOn, serveDrift, serveOn } from './checks/tailscale.ts'

export const auditChecks: readonly Check[] = [
  stateDirWorldWritable,
  stateDirGroupWritable,
  stateDirReadable,
  stateDirLink,
  configWritable,
  configWorldReadable,
  configGroupReadable,
  configLink,
  credentialsFolderWritable,
  credentialsFolderReadable,
  credentialWritable,
  credentialReadable,
  storeReadable,
  logReadable,
  ownerMismatch,
  syncedFolder,
  bindNoAuth,
  passwordMissing,
  bindPublic,
  tokenTooShort,
  secretGuessable,
  secretPlaceholder,
  trustedProxiesMissing,
  trustedProxyWide,
  allowedHostsWide,
  allowedOriginsWildcard,
  funnelOn,
  serveOn,
  foreignHandler,
  serveDrift,
  loopbackNoAuth,
  httpNoAuth,
  identityShared,
  portTaken,
  probeFailed,
  socketAvailable,
  runningAsRoot,
  knownHostsMissing,
  strictHostKeyOff,
  keyPerms,
  keyUnencrypted,
  agentForwardingOn,
  addonMissing,
  noPostQuantum,
  notLookedAt,
  staleDevices,
  manyAdminDevices,
  nodeExecEnabled,
  dangerousNodeCommands,
  channelOpen,
  groupsOpen,
  dmScopeMain,
  execFull,
  interpreterAllowlisted,
  writableAllowlisted,
  unknownKeys,
  unusable,
  ...secretsInConfig,
  redactOff,
  debugLogging,
  weakModel,
  diskLow,
  unwritable,
  noBackup,
  integrity,
  attackSurface,
]
