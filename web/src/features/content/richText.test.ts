import { describe, expect, it } from 'vitest'
import { tokenize } from './richText'

const shown = (body: string) => tokenize(body).map((token) => (token.kind === 'text' ? token.text : `<${token.kind} ${token.text}>`)).join('')

describe('WhatsApp marks', () => {
  it.each([
    ['a *bold* word', 'a <bold bold> word'],
    ['_it_ and ~no~ and `code`', '<italic it> and <strike no> and <code code>'],
    ['snake_case_name stays', 'snake_case_name stays'],
    ['2 * 3 * 4', '2 * 3 * 4'],
    ['see https://x.example/a_b_c.', 'see <link https://x.example/a_b_c>.'],
    ['```two\nlines```', '<code two\nlines>'],
    ['عرض *خاص* اليوم', 'عرض <bold خاص> اليوم'],
    ['open *never closed', 'open *never closed'],
  ])('%s', (body, expected) => {
    expect(shown(body)).toBe(expected)
  })
  it('stays fast on hostile text', () => {
    const start = performance.now()
    tokenize('*_~`'.repeat(1000))
    expect(performance.now() - start).toBeLessThan(500)
  })
})
