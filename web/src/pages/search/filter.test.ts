import { describe, expect, it } from 'vitest'
import { conditions, readAddress, startOfDay, toQuery } from './filter'

describe('the search in the address', () => {
  it('keeps what is known and drops what is not', () => {
    expect(readAddress({ q: 12, in: 'notes', status: 'open', kind: 'nonsense', from: '2026-11-01', to: 'tomorrow', direction: 'sideways' })).toEqual({
      q: '12', in: 'notes', channel: undefined, assignee: undefined, team: undefined, status: 'open', direction: undefined, kind: undefined, from: '2026-11-01', to: undefined,
    })
    expect(readAddress({ in: 'all' }).in).toBeUndefined()
    expect(conditions(readAddress({ q: 'x', in: 'notes', status: 'open', from: '2026-11-01' }))).toBe(2)
  })

  it('becomes the parameters of the server', () => {
    const query = toQuery(readAddress({ q: 'parcel', assignee: 'nobody', kind: 'image', from: '2026-11-01', to: '2026-11-01' }))
    expect(query).toMatchObject({ q: 'parcel', unassigned: true, kind: 'image,sticker' })
    expect(query.assignee_id).toBeUndefined()
    // A day is a day of the person's calendar, also when it has 23 or 25 hours.
    expect(Number(query.to) - Number(query.from)).toBeGreaterThanOrEqual(23 * 3_600_000)
    expect(new Date(startOfDay('2026-02-28', 1)).getDate()).toBe(1)
  })
})
