import i18next from 'i18next'
import { afterAll, describe, expect, it } from 'vitest'
import { languageOf, languages, nearest, setLanguage } from '.'
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
  it.each([
    ['ru', [1, 2, 5, 21], ['1 сообщение', '2 сообщения', '5 сообщений', '21 сообщение']],
    ['fr', [0, 1, 2, 1_000_000], ['0 message', '1 message', '2 messages', '1 000 000 de messages']],
    ['es', [0, 1, 2, 1_000_000], ['0 mensajes', '1 mensaje', '2 mensajes', '1.000.000 de mensajes']],
    ['pt', [0, 1, 2, 1_000_000], ['0 mensagem', '1 mensagem', '2 mensagens', '1.000.000 de mensagens']],
    ['zh-Hans', [0, 1, 2], ['0 条消息', '1 条消息', '2 条消息']],
    ['zh-Hant', [0, 1, 2], ['0 則訊息', '1 則訊息', '2 則訊息']],
  ] as const)('%s counts as its grammar wants', async (language, counts, expected) => {
    await setLanguage(language)
    expect(document.documentElement.lang).toBe(language)
    expect(counts.map((count) => i18next.t('cost.count', { count }).replace(/\s/g, ' '))).toEqual(expected)
  })
  it.each([
    ['zh-TW', 'zh-Hant'], ['zh-HK', 'zh-Hant'], ['zh-MO', 'zh-Hant'], ['zh-Hant-TW', 'zh-Hant'], ['zh-Hans-HK', 'zh-Hans'], ['zh-CN', 'zh-Hans'], ['zh', 'zh-Hans'], ['zh_SG', 'zh-Hans'],
    ['pt-PT', 'pt'], ['pt-BR', 'pt'], ['es-419', 'es'], ['fr-CA', 'fr'], ['ru-KZ', 'ru'], ['ar-EG', 'ar'], ['en-GB', 'en'], ['de-DE', 'en'], [undefined, 'en'],
  ] as const)('%s is read as %s', (locale, language) => {
    expect(nearest(locale)).toBe(language)
  })
  it('knows for every language the dates and the template language', () => {
    for (const { code } of languages) {
      expect(formats(code).date(Date.UTC(2026, 10, 21))).toMatch(/2026|٢٠٢٦/)
      expect(languageOf(code).locale).toMatch(/^[a-z]{2}-[A-Z]{2}$/)
    }
    expect(formats('ru').number(1234567).replace(/\s/g, ' ')).toBe('1 234 567')
    expect(formats('pt').money(123456, 'BRL').replace(/\s/g, ' ')).toBe('R$ 1.234,56')
  })
})
