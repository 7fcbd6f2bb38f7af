import { test } from 'vitest'
import { expectAnswers } from './hostile-params.ts'

test('IN8: the handlers of a real gateway take hostile params of every method', async () => {
  await expectAnswers({ seed: Date.now() % 2 ** 31, count: 150 })
})
