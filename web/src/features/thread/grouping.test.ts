import { describe, expect, it } from 'vitest'
import type { Message } from '@/api/types'
import { arrange } from './grouping'

const noon = new Date(2026, 5, 1, 12).getTime()
const minute = 60_000

function message(id: string, at: number, direction: Message['direction'] = 'in', author = 'c'): Message {
  return { id, at, direction, client_id: null, author: { kind: direction === 'in' ? 'contact' : 'user', id: author, name: null }, content: direction === 'event' ? { type: 'event', event: 'opened', data: null } : { type: 'text', body: id } } as Message
}

const shape = (messages: Message[]) => arrange(messages).map((entry) => (entry.type === 'group' ? entry.messages.map((each) => each.id).join('+') : entry.type)).join(' ')

describe('a thread', () => {
  it('joins one author’s messages that follow closely', () => {
    expect(shape([message('a', noon), message('b', noon + minute), message('c', noon + 20 * minute)])).toBe('day a+b c')
  })
  it('parts authors and directions', () => {
    expect(shape([message('a', noon), message('b', noon + 1, 'out', 'u1'), message('c', noon + 2, 'out', 'u2'), message('d', noon + 3, 'note', 'u2')])).toBe('day a b c d')
  })
  it('shows a new day and events as lines', () => {
    expect(shape([message('a', noon), message('x', noon + 1, 'event'), message('b', noon + 24 * 60 * minute)])).toBe('day a event day b')
  })
})
