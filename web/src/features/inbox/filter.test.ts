import { describe, expect, it } from 'vitest'
import { conditions, readSearch, sameList, toFilter, toSearch } from './filter'

const team = '01900000-0000-7000-8000-000000000001'

describe('the inbox address', () => {
  it('reads what it knows and drops the rest', () => {
    expect(readSearch({ view: 'mine', status: 'bogus', sort: 'waiting', q: 971, m: '', team, channel: 'x', priority: 'soon' })).toEqual({
      view: 'mine', status: undefined, sort: 'waiting', q: '971', m: undefined, team, assignee: undefined, channel: undefined, priority: undefined, tag: undefined,
    })
  })
  it('has defaults, which depend on the view', () => {
    expect(toFilter({})).toMatchObject({ view: 'all', status: 'open', sort: 'latest', q: undefined })
    expect(toFilter({ view: 'mentions' })).toMatchObject({ status: 'any', sort: 'latest' })
    expect(toFilter({ view: 'unattended' })).toMatchObject({ status: 'open', sort: 'waiting' })
  })
  it('carries a saved filter there and back', () => {
    for (const filter of [{}, { view: 'mentions', status: 'any' }, { view: 'unattended', sort: 'latest', team_id: team }, { q: 'dress', priority: 'high', status: 'snoozed' }, { tag_id: team }] as const) {
      expect(toFilter(toSearch(filter))).toEqual({ ...toFilter({ view: 'view' in filter ? filter.view : undefined }), ...filter })
    }
    expect(sameList({ view: 'all' }, { m: 'x' })).toBe(true)
    expect(sameList({ team }, {})).toBe(false)
    expect(conditions({ team, q: 'x', priority: 'low', tag: team })).toBe(3)
  })
})
