import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keys } from '@/api/keys'
import type { Conversation, Me } from '@/api/types'
import { MeContext } from '@/features/frame/useMe'
import { routingKeys } from './api'
import { ClosingAsk } from './ClosingAsk'
import { askClosing, closingAsk } from './ask'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

const conversation = { id: 'a', contact: { id: 'c', name: 'Greta Lind' }, channel: { id: 'ch' }, status: 'open', last_message_at: 5, created_at: 1, updated_at: 5 } as Conversation

describe('the closing form', () => {
  let root: Root
  let client: QueryClient
  const answers: Response[] = []
  const asked: string[] = []

  beforeEach(async () => {
    asked.length = 0
    vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
      asked.push(`${init.method} ${url.replace('/api/v1', '')}`)
      if (init.method === 'PATCH') return Promise.resolve(answers.shift() ?? Response.json({ ...conversation, status: 'resolved', updated_at: 9 }))
      return Promise.resolve(Response.json(url.includes('settings') ? { category_required: false, note_required: false } : []))
    })
    client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
    client.setQueryData(keys.conversation('a'), conversation)
    client.setQueryData(routingKeys.closing, { category_required: false, note_required: false })
    client.setQueryData(routingKeys.categories, [])
    const place = document.createElement('div')
    document.body.append(place)
    root = createRoot(place)
    act(() => root.render(<QueryClientProvider client={client}><MeContext value={{ user: { id: 'me' } } as Me}><ClosingAsk /></MeContext></QueryClientProvider>))
    act(() => askClosing(conversation))
    // The form comes later than the page.
    for (let tries = 0; !box() && tries < 100; tries += 1) await act(() => new Promise((done) => setTimeout(done, 40)))
  })
  afterEach(() => {
    act(() => root.unmount())
    closingAsk.set(null)
    vi.unstubAllGlobals()
  })

  const box = () => document.querySelector('textarea')
  const write = (text: string) => act(() => {
    const field = box()
    if (!field) return
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')?.set?.call(field, text)
    field.dispatchEvent(new Event('input', { bubbles: true }))
  })
  const submit = () => act(async () => {
    document.querySelector('form')?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))
    await vi.waitFor(() => expect(client.isMutating()).toBe(0))
  })

  it('names the customer, and keeps what was written when it is refused', async () => {
    expect(document.querySelector('[role=dialog]')?.textContent).toContain('Greta Lind')
    write('Wants a refund.')
    answers.push(Response.json({ code: 'invalid', detail: 'names a category that is no longer offered', field: 'closing.category_id' }, { status: 422 }))
    asked.length = 0
    await submit()
    expect(box()?.value).toBe('Wants a refund.')
    expect(document.querySelector('[role=alert]')?.textContent).toContain('no longer offered')
    expect(asked).toEqual(expect.arrayContaining(['PATCH /conversations/a', 'GET /closing-categories']))
    await submit()
    expect(closingAsk.get()).toBeNull()
    expect(box()).toBeNull()
  })
  it('says beside the note what is wrong with it', async () => {
    write('x')
    answers.push(Response.json({ code: 'invalid', detail: 'must be longer', field: 'closing.note' }, { status: 422 }))
    await submit()
    expect(document.querySelector('[role=dialog]')?.textContent).toContain('must be longer')
    expect(document.querySelector('[role=alert]')).toBeNull()
  })
})
