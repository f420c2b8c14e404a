import { expect, test } from 'vitest'
import { minorUnits } from './amount'

test.each([
  ['129.90', 'EUR', 12_990],
  ['129,9', 'EUR', 12_990],
  ['1 500', 'JPY', 1_500],
  ['٢٠٫٥', 'AED', 2_050],
  ['1.5', 'KWD', 1_500],
  ['', 'EUR', null],
  ['7', '', 700],
  ['7', 'no such', 700],
])('%s %s', (text, currency, minor) => expect(minorUnits(text, currency)).toBe(minor))

test.each(['a lot', '-5', '1.2.3', '1e5'])('%s is no amount', (text) => expect(minorUnits(text, 'EUR')).toBeNaN())
