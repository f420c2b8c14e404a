import i18next from 'i18next'
import { afterAll, describe, expect, it } from 'vitest'
import { pageWords, setLanguage } from '@/i18n'
import { formats } from '@/i18n/format'
import { problemText } from './problemText'

const told = (code: Parameters<typeof problemText>[0]['code'], field: string | null = null, limit: number | null = null) => problemText({ shortcut: 'x', code, field, limit, detail: 'as the server says it' }, i18next.t, formats(i18next.language))

describe('what cannot be taken in', () => {
  afterAll(() => setLanguage('en'))

  it('is told in words of our own', () => {
    expect(told('shortcut', 'shortcut', 40)).toBe('The short code has 1 to 40 letters, digits, - _ or .')
    expect(told('body', 'bodies.pt-BR', 4096)).toBe('\u2068Brazilian Portuguese\u2069: at most 4,096 characters.')
    expect(told('language', 'bodies.not one')).toContain('\u2068not one\u2069 is no language')
    expect(told('other', 'data')).toBe('\u2068data: as the server says it\u2069')
  })

  it('is told in the reader’s language', async () => {
    await setLanguage('ar')
    await pageWords()
    expect(told('title', 'title', 120)).toContain('العنوان')
    expect(told('forbidden')).not.toContain('server')
  })
})
