import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { askLsof, holderName, nextFreePort, portHolder, portTaken } from '../../../src/client/ports/holder.ts'
import { programsOf } from '../../../src/client/system-programs.ts'
import { requireProgram } from '../../support/programs.ts'

const ask = programsOf({ PATH: process.env.PATH })
const server = 'require("net").createServer().listen(0, "127.0.0.1", function () { console.log(this.address().port) })'

test('another process that holds a port is found with its id and name, by /proc and by lsof alike', async () => {
  requireProgram('lsof')
  const child = spawn(process.execPath, ['-e', server], { stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    const port = Number(String((await once(child.stdout, 'data'))[0]))
    const holder = await portHolder(port, ask)
    expect(holder).toMatchObject({ pid: child.pid, account: undefined, program: expect.stringMatching(/^node/) })
    expect(holderName(holder)).toContain(`(process ${child.pid})`)
    expect(await askLsof(port, ask)).toMatchObject({ pid: child.pid, account: undefined })
    expect(await nextFreePort(port)).toBeGreaterThan(port)
    const fault = portTaken(port, holder, 'choose another one')
    expect(fault.message).toMatch(
      new RegExp(`^Port ${port} of this machine is held by node.* \\(process ${child.pid}\\)$`),
    )
    expect(fault.details).toMatchObject({ port, pid: child.pid })
  } finally {
    child.kill()
    await once(child, 'exit')
  }
})
