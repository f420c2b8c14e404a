import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
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

function open(first: SearchAddress) {
  address.set(first)
  const box = document.createElement('div')
  document.body.append(box)
  root = createRoot(box)
  act(() => root.render(<QueryClientProvider client={new QueryClient()}><SearchPage /></QueryClientProvider>))
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
