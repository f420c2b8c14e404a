import { describe, expect, it } from 'vitest'
import { arranged, parts } from './panel'

describe('the order of the panel', () => {
  it.each([
    ['as it is', undefined, [...parts]],
    ['empty', { order: [] }, [...parts]],
    ['turned round', { order: parts.toReversed() }, parts.toReversed()],
    ['with names nobody knows, and twice', { order: ['orders', 'tags', 'tags', 'collaborators'] }, ['tags', 'details', 'shop', 'consent', 'may_send', 'surveys', 'matters', 'sync', 'block', 'fields', 'identities', 'conversations', 'collaborators', 'same']],
    ['without a part that is new', { order: parts.filter((part) => part !== 'surveys').toReversed() }, ['conversations', 'identities', 'fields', 'block', 'sync', 'matters', 'may_send', 'surveys', 'consent', 'shop', 'details', 'tags', 'same', 'collaborators']],
    ['without the first', { order: parts.slice(1) }, [...parts]],
  ])('%s', (_name, panel, order) => {
    expect(arranged(panel)).toEqual(order)
  })
})
