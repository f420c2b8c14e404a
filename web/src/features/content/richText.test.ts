import { describe, expect, it } from 'vitest'
import { blocks, inline, type Block, type Inline } from './richText'

const shown = (parts: Inline[]): string => parts.map((part) => ('parts' in part ? `<${part.kind} ${shown(part.parts)}>` : part.kind === 'text' ? part.text : `<${part.kind} ${part.text}>`)).join('')
const block = (one: Block) => {
  if (one.kind === 'code') return `[code ${one.text}]`
  if (one.kind === 'bullets') return `[- ${one.items.map(shown).join('|')}]`
  if (one.kind === 'numbers') return `[${one.start}. ${one.items.map(shown).join('|')}]`
  return one.kind === 'quote' ? `[> ${shown(one.parts)}]` : shown(one.parts)
}

describe('WhatsApp marks', () => {
  it.each([
    ['a *bold* word', 'a <bold bold> word'],
    ['_it_ and ~no~ and `code`', '<italic it> and <strike no> and <code code>'],
    ['*bold and _both_ here*', '<bold bold and <italic both> here>'],
    ['_*~all~*_', '<italic <bold <strike all>>>'],
    ['`*not bold*`', '<code *not bold*>'],
    ['snake_case_name stays', 'snake_case_name stays'],
    ['2 * 3 * 4', '2 * 3 * 4'],
    ['see https://x.example/a_b_c.', 'see <link https://x.example/a_b_c>.'],
    ['عرض *خاص* اليوم', 'عرض <bold خاص> اليوم'],
    ['open *never closed', 'open *never closed'],
  ])('%s', (body, expected) => {
    expect(shown(inline(body))).toBe(expected)
  })
})

describe('WhatsApp blocks', () => {
  it.each([
    ['one line', ['one line']],
    ['one\n\ntwo', ['one\n\ntwo']],
    ['before\n- one\n- *two*\nafter', ['before', '[- one|<bold two>]', 'after']],
    ['* one\n* two', ['[- one|two]']],
    ['* 3 * 4', ['* 3 * 4']],
    ['1. first\n2. second', ['[1. first|second]']],
    ['7. seventh', ['[7. seventh]']],
    ['> said _so_\n> twice\nanswer', ['[> said <italic so>\ntwice]', 'answer']],
    ['>not a quote', ['>not a quote']],
    ['-not a list\n2026. A year', ['-not a list\n2026. A year']],
    ['see ```x = 1``` now', ['see <code x = 1> now']],
    ['```two\nlines```', ['[code two\nlines]']],
    ['a ```x``` b\n```\ntwo\nlines\n```\nend', ['a <code x> b', '[code two\nlines]', 'end']],
    ['- one\n\nlater', ['[- one]', 'later']],
    ['- عنصر\n- آخر', ['[- عنصر|آخر]']],
    ['', ['']],
  ])('%j', (body, expected) => {
    expect(blocks(body).map(block)).toEqual(expected)
  })
  it('stay fast on hostile text', () => {
    const start = performance.now()
    for (const piece of ['*_~`', '> - ', '```', '- *\n', '_*_*']) blocks(piece.repeat(1000))
    expect(performance.now() - start).toBeLessThan(1000)
  })
})
