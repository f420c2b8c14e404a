import { describe, expect, it } from 'vitest'
import { ago } from './machine'

describe('how long ago, among the words of a finding', () => {
  it('is said in the language of the page', () => {
    expect(ago(5_000, 'en')).toBe('now')
    expect(ago(2 * 3_600_000 + 59, 'en')).toBe('2 hours ago')
    expect(ago(3 * 86_400_000, 'ru')).toBe('3 дня назад')
    expect(ago(2 * 60_000, 'zh-Hans')).toBe('2分钟前')
  })
})
