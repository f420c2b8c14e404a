import { describe, expect, it } from 'vitest'
import type { User } from '@/api/types'
import { candidates, mentionAt, mentionsIn } from './mentions'

const user = (id: string, name: string, disabled = false) => ({ id, name, disabled }) as User
const team = [user('1', 'Omar Farouk'), user('2', 'Omar'), user('3', 'Élodie Brûlé'), user('4', 'ليلى حداد'), user('5', 'Gone Person', true)]

describe('mentions', () => {
  it('begin at an @ that stands alone', () => {
    expect(mentionAt('ask @om', 7)).toEqual({ from: 4, query: 'om' })
    expect(mentionAt('@', 1)).toEqual({ from: 0, query: '' })
    expect(mentionAt('(@li', 4)).toEqual({ from: 1, query: 'li' })
    expect(mentionAt('mail om@shop', 12)).toBeNull()
    expect(mentionAt('@om\nnext', 8)).toBeNull()
    expect(mentionAt('nothing', 3)).toBeNull()
  })
  it('offer whoever is called like that, without accents and by any word of the name', () => {
    expect(candidates(team, 'om').map(({ id }) => id)).toEqual(['2', '1'])
    expect(candidates(team, 'far').map(({ id }) => id)).toEqual(['1'])
    expect(candidates(team, 'elo').map(({ id }) => id)).toEqual(['3'])
    expect(candidates(team, 'حداد').map(({ id }) => id)).toEqual(['4'])
    expect(candidates(team, 'gone')).toEqual([])
  })
  it('are read from the finished note, the longer name first', () => {
    expect(mentionsIn('@Omar Farouk and @Omar: see @ليلى حداد, @Nobody, a@b', team)).toEqual(['1', '2', '4'])
    expect(mentionsIn('@Gone Person', team)).toEqual([])
  })
})
