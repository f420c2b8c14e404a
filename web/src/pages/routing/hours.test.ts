import { describe, expect, it } from 'vitest'
import { clock, minutes, runs, usualHours, weekdays } from './hours'

describe('working hours', () => {
  it('are read and written as the clock has them', () => {
    expect([0, 65, 1439, 1440].map(clock)).toEqual(['00:00', '01:05', '23:59', '00:00'])
    expect(['09:30', '9:05', '00:00', '24:00', '12:60', 'x', ''].map((text) => minutes(text))).toEqual([570, 545, 0, null, null, null, null])
    expect(minutes('00:00', true)).toBe(1440)
  })

  it('join days that are alike', () => {
    const hours = usualHours('Asia/Dubai')
    expect(runs(hours)).toEqual([{ from: 0, to: 4, spans: [{ from: 540, to: 1080 }] }])
    hours.week[2] = []
    expect(runs(hours).map(({ from, to }) => [from, to])).toEqual([[0, 1], [3, 4]])
    expect(runs({ ...hours, week: hours.week.map(() => []) })).toEqual([])
  })

  it('begin on a Monday in every language', () => {
    expect(weekdays('en', 'short')[0]).toBe('Mon')
    expect(weekdays('ar', 'long')).toHaveLength(7)
  })
})
