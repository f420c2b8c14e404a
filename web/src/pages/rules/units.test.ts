import { describe, expect, it } from 'vitest'
import { fromTime, toTime, toWords, unitOf } from './units'

describe('units of the rules', () => {
  it('chooses the largest unit that stays whole', () => {
    expect([0, 6_000, 60_000, 5_400_000, 86_400_000, 90_000_000, 604_800_000].map(unitOf)).toEqual(['hours', 'seconds', 'minutes', 'minutes', 'hours', 'hours', 'days'])
  })
  it('reads and writes times of day', () => {
    expect([0, 845, 1439].map(toTime)).toEqual(['00:00', '14:05', '23:59'])
    expect(['14:05', '9:30', '14:05:00', '24:00', '', 'noon'].map(fromTime)).toEqual([845, 570, 845, null, null, null])
  })
  it('reads lists in any script, each word once', () => {
    expect(toWords(' stop, STOP\nقف، كفى; stop ')).toEqual(['stop', 'STOP', 'قف', 'كفى'])
  })
})
