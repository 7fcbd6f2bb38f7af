import { test } from 'vitest'
import { expectAnswers } from './hostile-params.ts'

test('IN8: every method of a real gateway answers hostile params or refuses them', async () => {
  await expectAnswers({ seed: 1, count: 1 })
})
