import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keys } from '@/api/keys'
import type { LiveEvent, Message } from '@/api/types'
import { createGatherer, type Gatherer } from './gather'

const message = (id: string, more: Partial<Message> = {}) =>
  ({ id, conversation_id: 'c1', direction: 'out', status: 'sent', at: 10, created_at: 10, sent_at: 10, delivered_at: null, read_at: null, client_id: null, content: { type: 'text', body: id }, preview: id, ...more }) as Message

const event = (kind: string, id: string, data?: unknown): LiveEvent => ({ kind, at: 50, conversation_id: 'c1', message_id: id, data })

describe('events of the live feed', () => {
  let client: QueryClient
  let gatherer: Gatherer
  const asked: string[] = []
  const thread = () => client.getQueryData<{ pages: { items: Message[] }[] }>(keys.messages('c1'))?.pages[0]?.items ?? []

  beforeEach(() => {
    vi.useFakeTimers()
    asked.length = 0
    vi.stubGlobal('fetch', (url: string) => {
      asked.push(url.replace('/api/v1', ''))
      const id = url.split('/').at(-1) ?? ''
      return Promise.resolve(Response.json(url.includes('/messages/') ? message(id, { at: 20 }) : { id, unread_count: 0, contact: {}, updated_at: 1 }))
    })
    client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
    client.setQueryData(keys.messages('c1'), { pages: [{ items: [message('m1')], next_cursor: null }], pageParams: [null] })
    gatherer = createGatherer(client, 'me')
  })
  afterEach(() => {
    gatherer.stop()
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('patch a tick without asking the server', async () => {
    gatherer.message(event('message.updated', 'm1', { status: 'delivered' }), false)
    gatherer.message(event('message.updated', 'm1', { status: 'read' }), false)
    // A late one does not go back.
    gatherer.message(event('message.updated', 'm1', { status: 'delivered' }), false)
    await vi.advanceTimersByTimeAsync(3_000)
    expect(thread()[0]).toMatchObject({ status: 'read', delivered_at: 50, read_at: 50 })
    expect(asked).toEqual([])
  })
  it.each([
    ['a reaction to a message that was read', { status: 'read' }, 'read'],
    ['a queued message with other words', { status: 'queued', sent_at: null }, 'queued'],
    ['a planned message that goes now', { status: 'scheduled', sent_at: null, plan: { send_at: 9_000, heed_since: null } }, 'queued'],
    ['a planned message that is on its way already', { status: 'scheduled', sent_at: null, plan: { send_at: 9_000, heed_since: null } }, 'sending'],
  ] as const)('read %s: the status does not tell it', async (_what, known, status) => {
    client.setQueryData(keys.messages('c1'), { pages: [{ items: [message('m1', known)], next_cursor: null }], pageParams: [null] })
    gatherer.message(event('message.updated', 'm1', { status }), false)
    await vi.advanceTimersByTimeAsync(100)
    expect(asked).toEqual(['/messages/m1'])
  })
  it('read a failure, because it has words', async () => {
    gatherer.message(event('message.updated', 'm1', { status: 'failed' }), false)
    await vi.advanceTimersByTimeAsync(100)
    expect(asked).toEqual(['/messages/m1'])
  })
  it('fetch a new message and its conversation, each once per beat', async () => {
    for (let times = 0; times < 3; times += 1) gatherer.message(event('message.created', 'm2'), true)
    gatherer.message(event('message.updated', 'm2', { status: 'sent' }), false)
    await vi.advanceTimersByTimeAsync(100)
    expect(asked).toEqual(['/conversations/c1', '/messages/m2'])
    expect(thread().map((row) => row.id)).toEqual(['m2', 'm1'])
  })
  it('leave threads and rows alone that nobody sees', async () => {
    gatherer.message({ ...event('message.updated', 'x'), conversation_id: 'other' }, false)
    gatherer.contact('stranger')
    await vi.advanceTimersByTimeAsync(3_000)
    expect(asked).toEqual([])
  })
})
