import { InfiniteQueryObserver, QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keys } from '@/api/keys'
import { searchQuery } from '@/api/queries'
import { startFeed, type Feed } from './feed'

/** The server's end of the feed. */
class Source extends EventTarget {
  static last: Source | undefined
  onopen: (() => void) | null = null
  onerror: (() => void) | null = null
  constructor() {
    super()
    Source.last = this
  }
  close() {
    this.onopen = null
  }
}

describe('a search that looked back over many pages', () => {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const asked: string[] = []
  let fails = false
  let feed: Feed
  const users = vi.fn(() => Promise.resolve([]))
  const settle = () => vi.waitFor(() => expect(client.isFetching()).toBe(0))

  beforeEach(() => {
    vi.stubGlobal('EventSource', Source)
    vi.stubGlobal('fetch', (input: Request | string | URL) => {
      asked.push(String(input instanceof Request ? input.url : input))
      const answer = fails ? { code: 'internal' } : { items: [], next_cursor: `c${asked.length}`, notes: {}, contacts: {}, indexing: null }
      return Promise.resolve(Response.json(answer, { status: fails ? 500 : 200 }))
    })
    feed = startFeed(client, 'me', '0')
  })
  afterEach(() => {
    feed.stop()
    client.clear()
    asked.length = 0
    fails = false
    vi.unstubAllGlobals()
  })

  it('is not repeated when the feed begins anew or comes back; everything else is read, and searches left behind are forgotten', async () => {
    const search = new InfiniteQueryObserver(client, searchQuery({ q: 'parcel' }, 'all'))
    const stop = search.subscribe(() => undefined)
    const stopUsers = new QueryObserver(client, { queryKey: keys.users, queryFn: users }).subscribe(() => undefined)
    client.setQueryData(keys.search({ q: 'before' }), { pages: [], pageParams: [] })
    await settle()
    await search.fetchNextPage()
    expect([asked.length, users.mock.calls.length]).toEqual([2, 1])
    Source.last?.dispatchEvent(new MessageEvent('reset', { data: '{}' }))
    await settle()
    expect([asked.length, users.mock.calls.length]).toEqual([2, 2])
    expect(client.getQueryData(keys.search({ q: 'before' }))).toBeUndefined()
    fails = true
    await search.fetchNextPage()
    fails = false
    expect(search.getCurrentResult().isError).toBe(true)
    window.dispatchEvent(new Event('offline'))
    Source.last?.onopen?.()
    await settle()
    expect(asked).toHaveLength(3)
    expect(search.getCurrentResult().data?.pages).toHaveLength(2)
    stop()
    stopUsers()
  })
})
