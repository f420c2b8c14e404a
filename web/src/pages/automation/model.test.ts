import { expect, test } from 'vitest'
import { emptyCondition, emptyPart, raised, valueFor, withField, wordsOf, type Parts } from './model'

const parts: Parts = {
  fields: [{ name: 'contact.tags', kind: 'tags', options: [] }, { name: 'contact.name', kind: 'text', options: [] }],
  comparisons: [
    { kind: 'tags', is: 'has', wants: 'one' }, { kind: 'tags', is: 'has_any', wants: 'several' }, { kind: 'tags', is: 'empty', wants: 'nothing' },
    { kind: 'text', is: 'is', wants: 'one' }, { kind: 'own', is: 'more_than', wants: 'number' },
  ],
  counts: [], count_comparisons: [], triggers: [], steps: [], days: [], customer_clock: 'customer',
}

test('another comparison keeps what still fits', () => {
  expect(withField('contact.tags', 'has_any', 'VIP', parts)).toEqual({ type: 'field', field: 'contact.tags', is: 'has_any', value: ['VIP'] })
  expect(withField('contact.tags', 'has', ['VIP', 'x'], parts)).toEqual({ type: 'field', field: 'contact.tags', is: 'has', value: 'VIP' })
  expect(withField('contact.tags', 'empty', 'VIP', parts)).toEqual({ type: 'field', field: 'contact.tags', is: 'empty' })
  expect(withField('contact.name', 'has', 'VIP', parts)).toMatchObject({ is: 'is', value: 'VIP' })
  expect(withField('contact.fields.points', null, 'many', parts)).toMatchObject({ is: 'more_than', value: 0 })
  expect(valueFor('minutes', 'moment', '')).toBe(1440)
})

test('parts begin with what they need', () => {
  const keyword = { name: 'keyword', parameters: [{ name: 'words', kind: 'words', required: true }] }
  expect(emptyPart('on', keyword)).toEqual({ on: 'keyword', words: [] })
  const branch = { name: 'branch', parameters: [{ name: 'if', kind: 'condition', required: true }, { name: 'then', kind: 'steps', required: true }, { name: 'else', kind: 'steps', required: false }] }
  expect(Object.entries(emptyPart('do', branch))).toEqual([['do', 'branch'], ['if', { type: 'all', of: [] }], ['then', []]])
  expect(emptyCondition('not', parts)).toEqual({ type: 'not', of: { type: 'field', field: 'contact.tags', is: 'has', value: '' } })
})

test('words stand between commas of any script or on lines', () => {
  expect(wordsOf(' price, how much\nبكم، السعر\n\n多少钱，价格')).toEqual(['price', 'how much', 'بكم', 'السعر', '多少钱', '价格'])
  expect(raised(['a', 'b', 'c'], 2)).toEqual(['a', 'c', 'b'])
})
