import { test } from 'vitest'
import { expectNothingGot } from './hostile-page.ts'

test.each(['chromium', 'firefox-esr'] as const)(
  'OR8: a hostile page in %s, which also guesses a thousand times',
  async (browser) => {
    await expectNothingGot(browser, 1_000, 110_000)
  },
  120_000,
)
