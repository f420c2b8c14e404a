import { describe, expect, it } from 'vitest'
import { nextBlank, slashAt, toggleLines, toggleMark, type Replacement } from './text'

const done = (text: string, { from, to, text: put, select }: Replacement) => {
  const next = text.slice(0, from) + put + text.slice(to)
  return [next, next.slice(...select)]
}

describe('the slash', () => {
  it.each([
    ['/', 1, { from: 0, query: '' }],
    ['/ho', 3, { from: 0, query: 'ho' }],
    ['Hello /ho', 9, { from: 6, query: 'ho' }],
    ['أهلا /شك', 8, { from: 5, query: 'شك' }],
    ['one\n/t', 6, { from: 4, query: 't' }],
    ['and/or', 6, null],
    ['https://x', 9, null],
    ['/ho me', 6, null],
    ['/hours', 0, null],
    [`${'x'.repeat(60)}/`, 61, null],
  ])('%j', (text, caret, expected) => {
    expect(slashAt(text, caret)).toEqual(expected)
  })
})

describe('marks', () => {
  it('go around the words and away again', () => {
    expect(done('a word here', toggleMark('a word here', 2, 6, '*'))).toEqual(['a *word* here', 'word'])
    expect(done('a *word* here', toggleMark('a *word* here', 3, 7, '*'))).toEqual(['a word here', 'word'])
    expect(done('a *word* here', toggleMark('a *word* here', 2, 8, '*'))).toEqual(['a word here', 'word'])
  })
  it('hug the words', () => {
    expect(done('a  word  b', toggleMark('a  word  b', 1, 9, '_'))).toEqual(['a  _word_  b', 'word'])
    expect(done('', toggleMark('', 0, 0, '*'))).toEqual(['**', ''])
  })
  it('begin lines', () => {
    expect(done('one\ntwo\nthree', toggleLines('one\ntwo\nthree', 5, 9, '> '))).toEqual(['one\n> two\n> three', '> two\n> three'])
    expect(done('> two', toggleLines('> two', 3, 3, '> '))).toEqual(['two', ''])
  })
})

describe('blanks', () => {
  const text = 'Dear {first_name}, order {order} and {first_name}'
  const blanks = ['{order}', '{first_name}']
  it('are gone through in the order of the text, round and round', () => {
    const at = (after: number) => {
      const found = nextBlank(text, blanks, after)
      return found && text.slice(...found) + found[0]
    }
    expect([at(0), at(6), at(26), at(48)]).toEqual(['{first_name}5', '{order}25', '{first_name}37', '{first_name}5'])
    expect(nextBlank('nothing', blanks, 0)).toBeNull()
  })
})
