import { expect, test } from 'vitest'
import { moodOf, pieces } from './words'

test('a text falls into pieces where marks begin and end, also where they overlap', () => {
  const marks = [
    { from: 0, to: 8, kind: 'hot_word' },
    { from: 4, to: 12, kind: 'mood' },
  ]
  const found = pieces('too expensive', marks).map((piece) => [piece.text, ...piece.marks.map((mark) => mark.kind)])
  expect(found).toEqual([['too ', 'hot_word'], ['expe', 'hot_word', 'mood'], ['nsiv', 'mood'], ['e']])
  expect(pieces('plain', [])).toEqual([{ text: 'plain', marks: [] }])
  expect(pieces('ab', [{ from: 1, to: 9, kind: 'mood' }]).map((piece) => piece.text)).toEqual(['a', 'b'])
})

test('moods have a word', () => {
  expect([0, 0.4, 0.41, 0.59, 0.6, 1].map((mood) => moodOf(mood).word)).toEqual(['bad', 'bad', 'middle', 'middle', 'good', 'good'])
})
