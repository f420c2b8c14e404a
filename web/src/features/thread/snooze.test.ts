import { describe, expect, it } from 'vitest'
import { snoozeTimes } from './snooze'

const at = (text: string) => new Date(text).getTime()
const named = (now: string) => Object.fromEntries(snoozeTimes(at(now)).map((time) => [time.name, new Date(time.at)]))

describe('snooze times', () => {
  it('are what people mean, on their own clock', () => {
    const saturday = named('2026-11-21T10:30:00')
    expect(saturday.later).toEqual(new Date('2026-11-21T13:30:00'))
    expect(saturday.evening).toEqual(new Date('2026-11-21T18:00:00'))
    expect(saturday.tomorrow).toEqual(new Date('2026-11-22T09:00:00'))
    expect(saturday.next_week).toEqual(new Date('2026-11-23T09:00:00'))
  })
  it('leave out an evening that is too near, and go on to the next Monday on a Monday', () => {
    const monday = named('2026-11-23T17:30:00')
    expect(monday.evening).toBeUndefined()
    expect(monday.next_week).toEqual(new Date('2026-11-30T09:00:00'))
  })
  it('name a Monday that is tomorrow once', () => {
    const sunday = named('2026-11-22T10:30:00')
    expect(sunday.tomorrow).toEqual(new Date('2026-11-23T09:00:00'))
    expect(sunday.next_week).toBeUndefined()
  })
})
