import { QueryClient } from '@tanstack/react-query'
import { describe, expect, it } from 'vitest'
import { keys } from '@/api/keys'
import type { ConversationFilter } from '@/api/queries'
import type { Conversation, Message, Page } from '@/api/types'
import { belongs, dropConversation, placeConversation, placeMessage } from './cache'

const filter: ConversationFilter = { view: 'all', status: 'open', sort: 'latest' }

function conversation(id: string, at: number, more: Partial<Conversation> = {}): Conversation {
  return {
    id, contact: { id: `c-${id}`, name: id, phone: null, avatar_color: 3, tags: [] }, channel: { id: 'ch', kind: 'whatsapp', name: 'Shop' }, status: 'open', priority: 'none', assignee_id: null, team_id: null, snoozed_until: null,
    unread_count: 0, last_message: null, last_message_at: at, last_inbound_at: at, window_expires_at: 4e12 + at, waiting_since: at, cost: null, created_at: at, updated_at: at, ...more,
  }
}

const paged = <T,>(...pages: T[][]) => ({
  pages: pages.map((items, index): Page<T> => ({ items, next_cursor: index === pages.length - 1 ? null : String(index) })),
  pageParams: pages.map((_, index) => (index ? String(index) : null)),
})
const ids = (pages?: { pages: Page<{ id: string }>[] }) => pages?.pages.flatMap((page) => page.items.map((item) => item.id)).join()

describe('a changed conversation in a list', () => {
  const list = paged([conversation('a', 30), conversation('b', 20)], [conversation('c', 10)])

  it.each([
    ['moves up with a newer message', conversation('c', 40), filter, 'c,a,b'],
    ['comes in when it is new', conversation('d', 25), filter, 'a,d,b,c'],
    ['leaves when it no longer belongs', conversation('a', 30, { status: 'resolved' }), filter, 'b,c'],
    ['stays away when it never belonged', conversation('d', 50, { status: 'snoozed' }), filter, 'a,b,c'],
    ['is only updated in place during a text search', conversation('c', 99), { ...filter, q: 'x' }, 'a,b,c'],
    ['is only updated in place among mentions', conversation('d', 99), { ...filter, view: 'mentions' as const, status: 'any' as const }, 'a,b,c'],
    ['orders by the closing window', conversation('c', 5), { ...filter, sort: 'closes_next' as const }, 'c,a,b'],
  ])('%s', (_name, row, wanted, expected) => {
    expect(ids(placeConversation(list, row, wanted, 'me'))).toBe(expected)
  })

  it.each([
    ['mine', { assignee_id: 'me' }, true],
    ['mine', { assignee_id: 'other' }, false],
    ['unassigned', { assignee_id: null }, true],
    ['unread', { unread_count: 0 }, false],
    ['unread', { unread_count: 2 }, true],
    ['unattended', { waiting_since: null }, false],
    ['unattended', { waiting_since: 5 }, true],
  ] as const)('view %s with %o: %s', (view, more, expected) => {
    expect(belongs(conversation('a', 1, more), { ...filter, view }, 'me')).toBe(expected)
  })
})

describe('a conversation that was merged', () => {
  it('stands in no list any more, and whoever shows it learns where it is', () => {
    const client = new QueryClient()
    client.setQueryData(keys.conversationList(filter), paged([conversation('a', 30), conversation('b', 20)], [conversation('c', 10)]))
    dropConversation(client, 'b', conversation('a', 30))
    expect(ids(client.getQueryData(keys.conversationList(filter)))).toBe('a,c')
    expect(client.getQueryData<Conversation>(keys.conversation('b'))?.id).toBe('a')
  })
})

describe('a changed message in a thread', () => {
  const message = (id: string, at: number, status: Message['status'] = 'sent') => ({ id, at, status }) as Message
  const thread = paged([message('c', 30), message('a', 10, 'read')])

  it('is put at its time, newest first', () => {
    expect(ids(placeMessage(thread, message('b', 20)))).toBe('c,b,a')
  })
  it('never takes a tick back', () => {
    const [page] = placeMessage(thread, message('a', 10, 'delivered')).pages
    expect(page?.items.at(-1)?.status).toBe('read')
  })
  it('lets a failure through', () => {
    const [page] = placeMessage(thread, message('a', 10, 'failed')).pages
    expect(page?.items.at(-1)?.status).toBe('failed')
  })
})
