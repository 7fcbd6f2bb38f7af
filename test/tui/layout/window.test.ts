import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Anchor, HeightIndex, scrollBy, scrollTo, shiftAnchor, viewAt } from '../../../src/tui/layout/window.ts'

const heights = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 40 })
const changes = fc.array(fc.tuple(fc.nat(50), fc.integer({ min: 0, max: 9 })), { maxLength: 20 })

test('the index agrees with plain addition, through changes and additions', () => {
  fc.assert(
    fc.property(heights, changes, (start, steps) => {
      const model = [...start]
      const index = new HeightIndex(start)
      for (const [at, height] of steps) {
        if (at < model.length) {
          model[at] = height
          index.set(at, height)
        } else {
          model.push(height)
          index.push(height)
        }
      }
      const rows = model.flatMap((height, item) => Array.from({ length: height }, (_, row) => ({ item, row })))
      expect(index.total).toBe(rows.length)
      for (const [row, where] of rows.entries()) expect(index.find(row)).toEqual(where)
      for (let item = 0; item <= model.length; item++) {
        expect(index.start(item)).toBe(model.slice(0, item).reduce((sum, height) => sum + height, 0))
      }
    }),
  )
})

test('a view shows the rows that follow each other from its top, as many as fit', () => {
  fc.assert(
    fc.property(heights, fc.nat(40), fc.nat(5), fc.integer({ min: 1, max: 20 }), (sizes, item, row, viewRows) => {
      const index = new HeightIndex(sizes)
      const view = viewAt(index, scrollTo(item, row), viewRows)
      const all = sizes.flatMap((height, at) => Array.from({ length: height }, (_, inner) => `${at}.${inner}`))
      const shown = view.slices.flatMap(({ item: at, from, to }) =>
        Array.from({ length: to - from }, (_, inner) => `${at}.${from + inner}`),
      )
      expect(shown).toEqual(all.slice(view.topRow, view.topRow + viewRows))
      expect(view.blankRows).toBe(viewRows - shown.length)
      expect(view.rowsAbove + shown.length + view.rowsBelow).toBe(all.length)
    }),
  )
})

describe('anchors', () => {
  const topOf = (index: HeightIndex, anchor: Anchor) => viewAt(index, anchor, 4).slices[0]

  test('the bottom follows what arrives', () => {
    const index = new HeightIndex([3, 3])
    index.push(2)
    expect(viewAt(index, { kind: 'bottom' }, 4).slices.at(-1)).toEqual({ item: 2, from: 0, to: 2 })
  })

  test('what arrives or grows elsewhere never moves a reader', () => {
    const index = new HeightIndex([3, 3, 3, 3])
    const anchor = scrollBy(index, { kind: 'bottom' }, -5, 4)
    const before = topOf(index, anchor)
    index.push(10)
    index.set(0, 9)
    index.set(3, 40)
    expect(topOf(index, anchor)).toEqual(before)
    expect(viewAt(index, anchor, 4).rowsBelow).toBeGreaterThan(40)
  })

  test('older items put in front do not either', () => {
    const index = new HeightIndex([3, 3, 3])
    const anchor = scrollTo(1, 1)
    index.reset([5, 5, 3, 3, 3])
    expect(topOf(index, shiftAnchor(anchor, 2))).toEqual({ item: 3, from: 1, to: 3 })
  })

  test('scrolling stops at both ends, and the lower one follows again', () => {
    const index = new HeightIndex([3, 3])
    const top = scrollBy(index, { kind: 'bottom' }, -100, 4)
    expect(top).toEqual({ kind: 'row', item: 0, row: 0 })
    expect(scrollBy(index, top, 1, 4)).toEqual({ kind: 'row', item: 0, row: 1 })
    expect(scrollBy(index, top, 2, 4)).toEqual({ kind: 'bottom' })
    expect(scrollBy(new HeightIndex([1]), { kind: 'bottom' }, -1, 4)).toEqual({ kind: 'row', item: 0, row: 0 })
  })
})
