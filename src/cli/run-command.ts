/** One command run from within another, as if it had been typed with these flags. */

import type { Command, Surroundings } from './command.ts'

/** Resolves with its exit code. Rejects with what it rejects with. */
export async function runCommand(
  command: Command,
  given: Readonly<Record<string, string | boolean>>,
  world: Surroundings,
): Promise<number> {
  const unset = Object.entries(command.flags).flatMap(([name, { type }]) => (type === 'boolean' ? [[name, false]] : []))
  // The flags of that command, as the line would have them.
  const flags = { ...Object.fromEntries(unset), ...given } as never
  return await command.run({ ...world, args: [], given: [], flags })
}
