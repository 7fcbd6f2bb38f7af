import { test } from 'vitest'
import { expectNothingGot } from './hostile-page.ts'

test('OR8: a page in Chromium reads and changes nothing, by no way a page has, nor by a name rebound to this machine', async () => {
  await expectNothingGot('chromium', 20, 50_000)
}, 60_000)
