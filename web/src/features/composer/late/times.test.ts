import { describe, expect, it } from 'vitest'
import { fieldValue, laterTimes } from './times'

const names = (...args: [number, number, number, number, number?]) => laterTimes(new Date(...args).getTime()).map((time) => time.name)

describe('later', () => {
  it('offers what still lies ahead, soonest first', () => {
    // A Wednesday morning, the same evening, and a Sunday.
    expect(names(2026, 10, 18, 10)).toEqual(['hour', 'evening', 'tomorrow', 'afternoon', 'monday'])
    expect(names(2026, 10, 18, 17, 45)).toEqual(['hour', 'tomorrow', 'afternoon', 'monday'])
    expect(names(2026, 10, 22, 10)).toEqual(['hour', 'evening', 'tomorrow', 'afternoon'])
  })
  it('is a date field as the clock on the wall', () => {
    expect(fieldValue(new Date(2026, 0, 5, 9, 7).getTime())).toBe('2026-01-05T09:07')
  })
})
