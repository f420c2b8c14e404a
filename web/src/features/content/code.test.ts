import { describe, expect, it } from 'vitest'
import { codeOf, masked, onlyWord } from './code'

const body = (...words: string[]) => ({ type: 'body', parameters: words.map((text) => ({ type: 'text', text })) })
const button = (text: string) => ({ type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text }] })

describe('a code to sign in with', () => {
  it.each([
    ['stands in words and button', [body('482913'), button('482913')], '482913'],
    ['is not a link with another end', [body('Ana'), button('482913')], null],
    ['is not one of several words', [body('482913', 'Ana'), button('482913')], null],
    ['is no sentence', [body('see you'), button('see you')], null],
    ['needs its button', [body('482913')], null],
    ['is not in a message without parameters', undefined, null],
  ])('%s', (_, components, code) => expect(codeOf(components)).toBe(code))
  it('shows its end only, wherever it stands', () => {
    expect(masked('*482913* is your code. 482913!', '482913')).toBe('*••••13* is your code. ••••13!')
    expect(masked('Nothing to hide', null)).toBe('Nothing to hide')
    expect(onlyWord([body('4829')])).toBe('4829')
  })
})
