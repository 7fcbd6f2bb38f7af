/** Which commands a node may be asked at all, by what kind of machine it is: nothing a node claims goes beyond (EX13). Pure. */

const canvas = [
  ...['present', 'hide', 'navigate', 'eval', 'snapshot'].map((name) => `canvas.${name}`),
  ...['push', 'pushJSONL', 'reset'].map((name) => `canvas.a2ui.${name}`),
]
const camera = ['camera.list', 'camera.snap', 'camera.clip']
const phone = [...canvas, ...camera, 'screen.record', 'location.get']
const system = [
  ...['system.run', 'system.run.prepare', 'system.which', 'system.notify'],
  ...['system.execApprovals.get', 'system.execApprovals.set', 'browser.proxy'],
]

type Kind = 'ios' | 'android' | 'macos' | 'linux' | 'windows'

/** Section 7.11, and the still pictures our own node takes on Linux. */
const commandsOf: Record<Kind, readonly string[]> = {
  ios: phone,
  android: [...phone, 'sms.send'],
  macos: [...phone, ...system],
  linux: [...system, 'camera.list', 'camera.snap'],
  windows: system,
}

const platforms: readonly [Kind, RegExp][] = [
  ['ios', /^(ios|ipados)/],
  ['android', /^android/],
  ['macos', /^(mac|darwin)/],
  ['linux', /^linux/],
  ['windows', /^win/],
]
const families: readonly [Kind, RegExp][] = [
  ['ios', /\b(iphone|ipad|ios)\b/],
  ['android', /\bandroid\b/],
  ['macos', /\bmac/],
  ['linux', /\blinux\b/],
  ['windows', /\bwindows\b/],
]

/** `gateway.nodes` of the configuration. */
export type NodeRules = { readonly allowCommands: readonly string[]; readonly denyCommands: readonly string[] }

/** A machine of no known kind may be asked only what the configuration allows. */
export function mayBeAsked(
  command: string,
  machine: { readonly platform?: string | undefined; readonly deviceFamily?: string | undefined },
  { allowCommands, denyCommands }: NodeRules,
): boolean {
  if (denyCommands.includes(command)) return false
  if (allowCommands.includes(command)) return true
  const kind = kindOf(machine.platform, platforms) ?? kindOf(machine.deviceFamily, families)
  return kind !== undefined && commandsOf[kind].includes(command)
}

function kindOf(text = '', kinds: readonly [Kind, RegExp][]): Kind | undefined {
  return kinds.find(([, pattern]) => pattern.test(text.trim().toLowerCase()))?.[0]
}
