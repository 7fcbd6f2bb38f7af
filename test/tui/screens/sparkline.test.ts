import { expect, test } from 'vitest'
import { sparkline } from '../../../src/tui/screens/sparkline.ts'

const at = (at: number, ms: number) => ({ at, ms })

test.each([
  ['nothing measured', [], '      '],
  ['a calm line is low', [at(95, 4), at(75, 5)], '    ▁▁'],
  ['the slowest is the highest, the newest at the right', [at(10, 100), at(50, 400), at(99, 200)], '▃ █  ▅'],
  ['of one share the slowest counts', [at(98, 10), at(99, 100)], '     █'],
  ['older ones are left out', [at(-50, 90), at(99, 90)], '     █'],
])('%s', (_, samples, expected) => expect(sparkline(samples, 100, 100, 6)).toBe(expected))
