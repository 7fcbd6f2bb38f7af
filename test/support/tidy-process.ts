/** Test files share their processes, which saves half the time. So each leaves the process as it found it. */
import { afterAll, expect } from 'vitest'

const umask = process.umask()
const before = { cwd: process.cwd(), env: { ...process.env } }

afterAll(() => {
  process.umask(umask) // a gateway that runs in this process makes it private
  expect({ cwd: process.cwd(), env: { ...process.env } }).toEqual(before)
})
