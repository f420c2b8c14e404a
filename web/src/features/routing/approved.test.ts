import { QueryClient } from '@tanstack/react-query'
import { afterEach, expect, it, vi } from 'vitest'
import { approvedQuery } from './api'

afterEach(() => vi.unstubAllGlobals())

it('approved templates are read to the last page, each name and language once', async () => {
  const page = (from: number, next: string | null) => ({ items: Array.from({ length: 200 }, (_, at) => ({ name: `t${from + at}`, language: 'en_US' })), next_cursor: next })
  const pages: Record<string, unknown> = { '': page(0, 'b'), b: page(150, 'c'), c: { items: [{ name: 'last', language: 'ar' }], next_cursor: null } }
  vi.stubGlobal('fetch', (address: string) => Promise.resolve(new Response(JSON.stringify(pages[new URL(address, 'http://x').searchParams.get('cursor') ?? '']), { headers: { 'content-type': 'application/json' } })))
  const found = await new QueryClient().fetchQuery(approvedQuery)
  expect([found.length, found.at(-1)]).toEqual([351, { name: 'last', language: 'ar' }])
})
