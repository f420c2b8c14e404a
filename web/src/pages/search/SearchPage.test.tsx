import { onlineManager, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createStore, useStore } from '@/live/store'
import type { SearchAddress } from './filter'
import { SearchPage } from './SearchPage'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

let root: Root
const address = createStore<SearchAddress>({})
const go = ({ search }: { search: SearchAddress }) => address.set(search)
vi.mock('@tanstack/react-router', () => ({ useNavigate: () => go, useSearch: () => useStore(address), Link: 'a' }))

function open(first: SearchAddress, client = new QueryClient()) {
  address.set(first)
  const box = document.createElement('div')
  document.body.append(box)
  root = createRoot(box)
  act(() => root.render(<QueryClientProvider client={client}><SearchPage /></QueryClientProvider>))
  const field = box.querySelector('input') ?? document.createElement('input')
  const type = (text: string) =>
    act(() => {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, text)
      field.dispatchEvent(new Event('input', { bubbles: true }))
    })
  return { field, type }
}

describe('the words of the search', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    vi.stubGlobal('fetch', () => new Promise(() => undefined))
  })
  afterEach(() => {
    act(() => root.unmount())
    vi.useRealTimers()
    document.body.replaceChildren()
  })

  it('follow an address that somebody else changes, and stay there', () => {
    const { field } = open({ q: 'parcel' })
    expect(field.value).toBe('parcel')
    act(() => address.set({ q: 'invoice' }))
    expect(field.value).toBe('invoice')
    act(() => vi.advanceTimersByTime(1_000))
    expect([field.value, address.get().q]).toEqual(['invoice', 'invoice'])
  })

  it('go into the address when one stops typing, and what is typed meanwhile stays', () => {
    const { field, type } = open({})
    type('par')
    act(() => vi.advanceTimersByTime(250))
    expect(address.get().q).toBe('par')
    type('parcel')
    expect(field.value).toBe('parcel')
    act(() => vi.advanceTimersByTime(250))
    expect([field.value, address.get().q]).toEqual(['parcel', 'parcel'])
  })
})

describe('an answer that was cut short', () => {
  const asked: string[] = []
  const group = (items: object[], next_cursor: string | null) => ({ items, next_cursor })
  const hit = { message: { id: 'm1', preview: 'the parcel of last year', at: 1, direction: 'in', kind: 'text' }, conversation_id: 'c1', contact: { id: 'p1', name: 'Amal' }, highlights: [] }
  /** Finds nothing in so many looks, and then one message. */
  const server = (empty: number) => (input: Request | string | URL) => {
    asked.push(String(input instanceof Request ? input.url : input))
    const page = asked.length <= empty ? group([], `c${asked.length}`) : group([hit], null)
    return Promise.resolve(new Response(JSON.stringify({ ...page, notes: group([], null), contacts: group([], null), indexing: null }), { headers: { 'content-type': 'application/json' } }))
  }
  const button = (name: string) => [...document.querySelectorAll('button')].find((one) => one.textContent === name)
  /** Time in steps: what is drawn begins the next timer. */
  const pass = async (times: number) => {
    for (let left = times; left > 0; left -= 1) await act(() => vi.advanceTimersByTimeAsync(200))
  }

  beforeEach(() => {
    vi.useFakeTimers()
    asked.length = 0
  })
  afterEach(() => {
    act(() => root.unmount())
    vi.useRealTimers()
    document.body.replaceChildren()
  })

  it('is followed by further looks back until something is found', async () => {
    vi.stubGlobal('fetch', server(3))
    open({ q: 'parcel' })
    await act(() => vi.advanceTimersByTimeAsync(1))
    expect(document.body.textContent).toContain('Looking further back')
    expect(document.body.textContent).not.toContain('Nothing found')
    await pass(16)
    expect(document.body.textContent).toContain('the parcel of last year')
    expect(document.body.textContent).not.toContain('Looking further back')
    expect(asked.map((url) => new URL(url, 'http://here').searchParams.get('cursor'))).toEqual([null, 'c1', 'c2', 'c3'])
  })

  it('is not followed once somebody stops it, until they ask for more', async () => {
    vi.stubGlobal('fetch', server(50))
    open({ q: 'parcel' })
    await act(() => vi.advanceTimersByTimeAsync(1))
    act(() => button('Stop looking')?.click())
    const before = asked.length
    await pass(16)
    expect(asked).toHaveLength(before)
    act(() => button('Look further back')?.click())
    await pass(16)
    expect(asked.length).toBeGreaterThan(before + 2)
  })

  it('is not asked for anew, page by page, when one comes back to it or the network does', async () => {
    vi.stubGlobal('fetch', server(3))
    const client = new QueryClient()
    open({ q: 'parcel' }, client)
    await pass(16)
    act(() => root.unmount())
    await act(() => vi.advanceTimersByTimeAsync(60_000))
    open({ q: 'parcel' }, client)
    act(() => onlineManager.setOnline(false))
    act(() => onlineManager.setOnline(true))
    await pass(16)
    expect(document.body.textContent).toContain('the parcel of last year')
    expect(asked).toHaveLength(4)
  })

  it('is forgotten after a while', async () => {
    vi.stubGlobal('fetch', server(0))
    const client = new QueryClient()
    open({ q: 'parcel' }, client)
    await pass(1)
    act(() => root.unmount())
    await act(() => vi.advanceTimersByTimeAsync(360_000))
    open({ q: 'parcel' }, client)
    await pass(1)
    expect(asked).toHaveLength(2)
  })
})
