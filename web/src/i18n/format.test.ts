import i18next from 'i18next'
import { afterAll, describe, expect, it } from 'vitest'
import { setLanguage } from '.'
import { directionOf } from './direction'
import { formats } from './format'

const hour = 3_600_000

describe('formats', () => {
  it.each([
    ['en', 59 * 60_000, '59 min'],
    ['en', 23.9 * hour, '23 hr'],
    ['en', 5 * 24 * hour, '5 days'],
  ])('%s span %d', (locale, ms, expected) => {
    expect(formats(locale).span(ms)).toBe(expected)
  })
  it('knows minor units of a currency', () => {
    expect(formats('en').money(1234, 'USD')).toBe('$12.34')
    expect(formats('en').money(1234, 'JPY')).toContain('1,234')
    expect(formats('en').money(1234, 'no')).toBe('12.34 no')
  })
  it('survives codes that are no languages', () => {
    expect(formats('en').language('en_US')).toBe('American English')
    expect(formats('en').language('???')).toBe('???')
  })
  it.each([['ar_EG', 'rtl'], ['he', 'rtl'], ['en_US', 'ltr'], ['zh_CN', 'ltr']])('%s runs %s', (code, expected) => {
    expect(directionOf(code)).toBe(expected)
  })
})

describe('languages', () => {
  afterAll(() => setLanguage('en'))
  it('switches texts, direction and all six Arabic plurals', async () => {
    await setLanguage('ar')
    expect(document.documentElement.dir).toBe('rtl')
    const forms = [0, 1, 2, 3, 11, 100].map((count) => i18next.t('dead.attempts', { count }))
    expect(new Set(forms.map((form) => form.replace(/[\d٠-٩]+/g, '#'))).size).toBeGreaterThanOrEqual(5)
  })
})
