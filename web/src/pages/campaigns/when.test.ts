import { describe, expect, it } from 'vitest'
import { isReady, moment, planned, typed } from './when'

const now = new Date(2026, 10, 21, 12, 0).getTime()

describe('when a campaign begins', () => {
  it('is at once only when somebody wants that', () => {
    expect([moment(planned(null)), isReady(planned(null), now)]).toEqual([null, true])
    // A field that is empty or half filled says '': it is not "at once", and nothing can be begun with it.
    const half = { later: true, value: '' }
    expect(moment(half)).not.toBeNull()
    expect(isReady(half, now)).toBe(false)
    // Whoever goes back to "now" means it, and finds the moment again.
    expect(moment({ later: false, value: typed(now) })).toBeNull()
  })

  it('lies ahead', () => {
    expect(isReady(planned(now + 60_000), now)).toBe(true)
    expect(isReady(planned(now), now)).toBe(false)
    expect(isReady(planned(now - 3_600_000), now)).toBe(false)
    expect(moment(planned(now + 60_000))).toBe(now + 60_000)
  })
})
