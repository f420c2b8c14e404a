import { describe, expect, it } from 'vitest'
import { marked, valueText } from './value'

describe('values of two systems', () => {
  it.each([
    [null, ''],
    ['Ana', 'Ana'],
    [['VIP', 'عيد'], 'VIP, عيد'],
    [5, '5'],
    [true, 'true'],
    [{ a: 1 }, '{"a":1}'],
  ])('%j reads as "%s"', (value, text) => {
    expect(valueText(value)).toBe(text)
  })

  it.each([
    ['12 Nile Street Cairo', '14 Nile Street Cairo', ['12']],
    ['12 Nile Street Cairo', '12 Nile Street Giza', ['Cairo']],
    ['12 Nile Street Cairo', '12 Palm Road Cairo', ['Nile Street']],
    ['شارع النيل ١٢', 'شارع النخيل ١٢', ['النيل']],
    ['Ana', 'Ana', []],
    ['Ana', '', ['Ana']],
    ['', 'Ana', []],
    ['a a', 'a', [' a']],
  ])('of "%s" beside "%s"', (text, other, expected) => {
    const parts = marked(text, other)
    expect(parts.filter((part) => part.differs).map((part) => part.text)).toEqual(expected)
    expect(parts.map((part) => part.text).join('')).toBe(text)
  })
})
