import { describe, expect, it } from 'vitest'
import { amount, readAmount, typed } from './amount'

describe('amounts in millionths', () => {
  it('keeps the digits of small amounts and rounds large ones', () => {
    expect(amount('en', 15_700, 'USD')).toBe('$0.0157')
    expect(amount('en', 0, 'USD')).toBe('$0.00')
    expect(amount('en', 12_345_678, 'USD')).toBe('$12.35')
    expect(amount('en', 1_500_000, null)).toBe('1.5')
    expect(amount('ar', 15_700, 'USD')).toMatch(/^\u2066[^\u200f]*0\.0157[^\u200f]*\u2069$/)
    expect(amount('en', 2_000_000, 'nonsense')).toBe('2 nonsense')
  })

  it('reads what people type', () => {
    for (const [text, micros] of [['0.0157', 15_700], ['0,0157', 15_700], [' 12 ', 12_000_000], ['٠٫٠١٥٧', 15_700], ['1.000001', 1_000_001]] as const) expect(readAmount(text), text).toBe(micros)
    for (const text of ['', '-1', '1e3', '1.0000001', '1.2.3', 'free']) expect(readAmount(text), text).toBeNull()
  })

  it('shows what was typed', () => {
    for (const micros of [15_700, 12_000_000, 1, 1_000_001, 0]) expect(readAmount(typed(micros))).toBe(micros)
  })
})
