import { describe, expect, it } from 'vitest'
import { entries } from './model'

describe('entries', () => {
  it('finds numbers and ids among names', () => {
    const id = '01990000-0000-7000-8000-000000000001'
    expect(entries(`Amal,+971 50 000 0001\nBadr;050-000-0002\n${id}\n٠٥٠٠٠٠٠٠٠٣`)).toEqual(['+971500000001', '0500000002', id, '0500000003'])
  })

  it('has everybody once and leaves short figures out', () => {
    expect(entries('+971500000001, 12, +971500000001, Street 1234567')).toEqual(['+971500000001'])
  })
})
