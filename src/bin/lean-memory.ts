/** Keeps a program small that lives for weeks and mostly waits: Node's defaults trade memory for a busy server's speed. */

/**
 * Young objects stay in the 2 MB they start with, where V8 would take up to 128 MB and keep it; collecting so little is
 * quickest on one thread. Node's `fetch` parses HTTP in WebAssembly; optimising that takes 10 MB that are never given
 * back. Measured with bench/start.ts: resident after 50 turns 132 MB without, 105 MB with; idle 82 and 78 MB. What is old
 * may grow by 80 % before it is collected, where V8 lets 20 MB become 90: half the memory of a flood (bench/security.ts). With
 * 50 % a long answer after others pays for a collection of its own: 42 ms where it takes 36 (bench/stream.ts).
 */
const flags = [
  '--semi-space-growth-factor=1',
  '--no-parallel-scavenge',
  '--no-wasm-tier-up',
  '--no-wasm-dynamic-tiering',
  '--heap-growing-percent=80',
]

/** Call before much is loaded: what has grown stays. Flags that a later V8 does not know are ignored. */
export function useLittleMemory(): void {
  const { setFlagsFromString } = process.getBuiltinModule('node:v8') // not for line commands: it takes 3 ms to load
  for (const flag of flags) setFlagsFromString(flag)
}

/** So many collections of young objects within so many milliseconds are a long answer coming in, not a start or a short turn. */
const busyCollections = 8
const busyMs = 50
/** What the young objects may then take, in bytes. */
const busyRoom = 4 * 1024 * 1024

/**
 * 5,000 tokens make 50 MB of garbage: 63 collections in the 1 MB there is room for. While it comes so quickly, V8 may
 * double that room twice; in quieter times it takes it back by itself. Measured with bench/stream.ts: a fifth less CPU.
 */
export function useMoreWhenBusy(): void {
  const { PerformanceObserver } = process.getBuiltinModule('node:perf_hooks')
  const { getHeapSpaceStatistics, setFlagsFromString } = process.getBuiltinModule('node:v8')
  const hasRoom = () => {
    const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')
    return space === undefined || space.space_used_size + space.space_available_size >= busyRoom
  }
  let mayGrow = false
  let latest: number[] = []
  new PerformanceObserver((list) => {
    latest = [...latest, ...list.getEntries().map(({ startTime }) => startTime)].slice(-busyCollections)
    const isBusy = latest.length === busyCollections && (latest.at(-1) ?? 0) - (latest[0] ?? 0) < busyMs
    const shouldGrow = isBusy && !hasRoom()
    if (shouldGrow === mayGrow) return
    mayGrow = shouldGrow
    setFlagsFromString(`--semi-space-growth-factor=${mayGrow ? 2 : 1}`)
  }).observe({ entryTypes: ['gc'] })
}
