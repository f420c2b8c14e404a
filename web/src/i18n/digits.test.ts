import { describe, expect, it } from 'vitest'
import { latinDigits, wholeNumber } from './digits'

describe('typed numbers', () => {
  it('are read in the digits of every keyboard', () => {
    for (const text of ['120', ' 120 ', '١٢٠', '۱۲۰', '１２０', '١2۰']) expect(wholeNumber(text, 1_000), text).toBe(120)
    expect(latinDigits('٠١٢٣٤٥٦٧٨٩ ۰۱۲۳۴۵۶۷۸۹ ０１２３４５６７８９ abc')).toBe('0123456789 0123456789 0123456789 abc')
  })

  it('are whole and within bounds, or none', () => {
    for (const text of ['', ' ', '-1', '1.5', '1e2', '0x10', '١٢٫٥', 'ten', '1001']) expect(wholeNumber(text, 1_000), text).toBeNull()
    expect([wholeNumber('0', 5), wholeNumber('٥', 5)]).toEqual([0, 5])
  })
})
