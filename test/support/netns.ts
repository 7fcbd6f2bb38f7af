/** Machines of the test's own: network namespaces in a row, where each sees only its neighbours. Needs root. */

import { execFileSync } from 'node:child_process'
import { requireProgram } from './programs.ts'

export type Machine = { readonly name: string; readonly address: string }

export type MachineRow = Disposable & { readonly machines: readonly Machine[] }

/**
 * `this machine — first — second …`, each joined to the next by a cable of its own. An address is that of the end of the
 * cable towards this machine; nothing is routed further. Undefined where this account may not make any.
 */
export function machineRow(count: number): MachineRow | undefined {
  if (process.getuid?.() !== 0) return undefined
  const machines = Array.from({ length: count }, (_, i) => ({
    name: `claw${process.pid}n${i}`,
    address: `10.231.${net + i}.2`,
  }))
  const remove = () => {
    for (const { name } of machines) run('netns', 'del', name)
  }
  try {
    for (const [index, { name, address }] of machines.entries()) {
      run('netns', 'add', name)
      run('-n', name, 'link', 'set', 'lo', 'up')
      const before = machines[index - 1]
      const ends = [`c${process.pid}a${index}`, `c${process.pid}b${index}`] as const
      run('link', 'add', ends[0], 'type', 'veth', 'peer', 'name', ends[1], 'netns', name)
      if (before) run('link', 'set', ends[0], 'netns', before.name)
      const near = before ? ['-n', before.name] : []
      run(...near, 'addr', 'add', address.replace(/2$/, '1/24'), 'dev', ends[0])
      run(...near, 'link', 'set', ends[0], 'up')
      run('-n', name, 'addr', 'add', `${address}/24`, 'dev', ends[1])
      run('-n', name, 'link', 'set', ends[1], 'up')
    }
  } catch {
    remove()
    return undefined
  }
  return { machines, [Symbol.dispose]: remove }
}

/** Apart from those of another run at the same time. */
const net = 20 + (process.pid % 100) * 2

function run(...args: string[]): void {
  execFileSync(requireProgram('ip'), args, { stdio: 'ignore' })
}
