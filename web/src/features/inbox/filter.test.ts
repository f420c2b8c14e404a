import { describe, expect, it } from 'vitest'
import { readSearch, toFilter } from './filter'

describe('the inbox address', () => {
  it('reads what it knows and drops the rest', () => {
    expect(readSearch({ view: 'mine', status: 'bogus', sort: 'waiting', q: 971, m: '' })).toEqual({ view: 'mine', status: undefined, sort: 'waiting', q: '971', m: undefined })
  })
  it('has defaults', () => {
    expect(toFilter({})).toEqual({ view: 'all', status: 'open', sort: 'latest', q: undefined })
  })
})
