import { expect, test } from 'vitest'
import { ofSlices } from '../../../src/tui/screens/of-slices.ts'
import { initialView } from '../../../src/tui/store/view.ts'

const view = initialView(80, 24)

test('what is drawn of the same slices and arguments is drawn once', () => {
  let drawings = 0
  const draw = ofSlices(['view'], ({ view }, sign: string) => [`${sign}${view.columns}`, ++drawings])
  const first = draw({ view }, '×')
  expect(first).toEqual(['×80', 1])
  expect(draw({ view }, '×')).toBe(first)
})

test('another slice or another argument is drawn anew, and so is the one before it', () => {
  let drawings = 0
  const draw = ofSlices(['view'], ({ view }, sign: string) => [`${sign}${view.columns}`, ++drawings])
  draw({ view }, '×')
  expect(draw({ view }, '+')).toEqual(['+80', 2])
  expect(draw({ view: initialView(40, 10) }, '+')).toEqual(['+40', 3])
  expect(draw({ view }, '+')).toEqual(['+80', 4])
})
