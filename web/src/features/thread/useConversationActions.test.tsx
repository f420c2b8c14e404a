import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, useEffect } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keys } from '@/api/keys'
import type { Conversation, Me } from '@/api/types'
import { MeContext } from '@/features/frame/useMe'
import { closingAsk } from '@/features/routing/ask'
import { useConversationPatch } from './useConversationActions'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

const conversation = (id: string) => ({ id, contact: { id: `c-${id}`, name: id }, channel: { id: 'ch' }, status: 'open', last_message_at: 5, created_at: 1, updated_at: 5 }) as Conversation
const me = { user: { id: 'me' } } as Me
const openOnes = { view: 'all', status: 'open', sort: 'latest' }

describe('a change that the server refuses', () => {
  let client: QueryClient
  let root: Root
  let change: ReturnType<typeof useConversationPatch>['mutate']
  let answer: (response: Response) => void = () => undefined

  function Probe({ row }: { row: Conversation }) {
    const { mutate } = useConversationPatch(row)
    useEffect(() => {
      change = mutate
    })
    return null
  }
  const show = (row: Conversation) => act(() => root.render(<QueryClientProvider client={client}><MeContext value={me}><Probe row={row} /></MeContext></QueryClientProvider>))
  const held = (id: string) => client.getQueryData<Conversation>(keys.conversation(id)) ?? conversation('none')
  const listed = () => client.getQueryData<{ pages: { items: Conversation[] }[] }>(keys.conversationList(openOnes))?.pages.flatMap((page) => page.items.map((row) => row.id)) ?? []
  const refuse = (status: number, field: string | null) => act(async () => {
    answer(Response.json({ code: status === 422 ? 'invalid' : 'forbidden', detail: 'no', field }, { status }))
    await vi.waitFor(() => expect(client.isMutating()).toBe(0))
  })

  beforeEach(() => {
    vi.stubGlobal('fetch', () => new Promise<Response>((settle) => {
      answer = settle
    }))
    client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
    for (const id of ['a', 'b']) client.setQueryData(keys.conversation(id), conversation(id))
    client.setQueryData(keys.conversationList(openOnes), { pages: [{ items: [conversation('a'), conversation('b')], next_cursor: null }], pageParams: [null] })
    root = createRoot(document.createElement('div'))
  })
  afterEach(() => {
    act(() => root.unmount())
    closingAsk.set(null)
    vi.unstubAllGlobals()
  })

  it.each([['something must be said before', 422, 'closing.category_id'], ['the role does not allow it', 403, null]])('is taken back in the thread and the list: %s', async (_why, status, field) => {
    show(held('a'))
    await act(async () => change({ status: 'resolved' }))
    expect(listed()).toEqual(['b'])
    // The header shows what is not so yet.
    show(held('a'))
    expect(held('a').status).toBe('resolved')
    await refuse(status, field)
    expect(held('a').status).toBe('open')
    expect(listed().sort()).toEqual(['a', 'b'])
    expect(client.getQueryState(keys.conversationList(openOnes))?.isInvalidated).toBe(true)
  })
  it('asks about the conversation it was made in, whichever is open by then', async () => {
    show(held('a'))
    await act(async () => change({ status: 'resolved' }))
    show(held('b'))
    await refuse(422, 'closing.category_id')
    expect(closingAsk.get()).toMatchObject({ id: 'a', status: 'open' })
    expect(held('a').status).toBe('open')
    expect(held('b').status).toBe('open')
  })
})
