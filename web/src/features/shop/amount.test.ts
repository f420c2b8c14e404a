import { expect, it } from 'vitest'
import { sum } from './amount'

it.each([
  ['129.90', 'AED', 'AED 129.90'],
  ['1200', 'JPY', '¥1,200'],
  ['5', null, '5'],
  ['5', 'not a code', '5 not a code'],
  [null, 'EUR', ''],
])('%s %s', (value, currency, shown) => {
  expect(sum(value, currency, 'en').replace(/\s/gu, ' ')).toBe(shown)
})
