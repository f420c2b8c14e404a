import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { BulkChange, Me } from '@/api/types'
import { MeContext } from '@/features/frame/useMe'
import { undoable, underWay } from '@/features/inbox/underWay'
import { dropToast, toasts } from '@/ui/toast'
import { follow } from './bulk'
import { BulkProgress } from './BulkProgress'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

const change = (more: Partial<BulkChange> = {}) => ({ id: 'b1', action: {}, state: 'done', total: 3, done: 3, changed: 3, refused: 0, actor_id: 'me', actor_name: 'Me', undo_of: null, can_undo: true, created_at: Date.now(), updated_at: Date.now(), ...more }) as BulkChange

describe('a change to many that has ended', () => {
  let client: QueryClient
  let root: Root
  const place = document.createElement('div')
  const posted: string[] = []
  let refusal: Response | undefined
  let answer = change()

  const show = (me: string) => act(() => root.render(<QueryClientProvider client={client}><MeContext value={{ user: { id: me } } as Me}><BulkProgress /></MeContext></QueryClientProvider>))
  const end = (ended: BulkChange) => act(async () => {
    answer = ended
    follow(client, { ...ended, state: 'running', can_undo: false })
    await vi.waitFor(() => expect(underWay.get()).toEqual([]))
  })
  const undo = () => act(async () => {
    ;[...place.querySelectorAll('button')].find((button) => button.textContent === 'Undo')?.click()
    await vi.waitFor(() => expect(posted).toHaveLength(1))
  })

  beforeEach(() => {
    posted.length = 0
    refusal = undefined
    vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
      if (init.method === 'GET') return Promise.resolve(Response.json(url.endsWith('b1') ? answer : change({ id: 'b2', undo_of: 'b1', can_undo: false })))
      posted.push(url.replace('/api/v1', ''))
      return Promise.resolve(refusal ?? Response.json(change({ id: 'b2', undo_of: 'b1', can_undo: false })))
    })
    client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
    document.body.append(place)
    root = createRoot(place)
  })
  afterEach(() => {
    act(() => root.unmount())
    client.clear()
    undoable.set(null)
    underWay.set([])
    for (const { id } of toasts.get()) dropToast(id)
    vi.unstubAllGlobals()
  })

  it('can be taken back after its toast is gone, by whoever made it, once', async () => {
    show('me')
    expect(place.textContent).toBe('')
    await end(change())
    for (const { id } of toasts.get()) act(() => dropToast(id))
    expect(place.textContent).toContain('3 conversations changed.')
    // Kept for the next time the page is opened.
    expect(localStorage.getItem('rapport.undoable')).toContain('"b1"')
    show('somebody else')
    expect(place.textContent).toBe('')
    show('me')
    await undo()
    expect(posted).toEqual(['/bulk-actions/b1/undo'])
    await vi.waitFor(() => expect(undoable.get()).toBeNull())
  })
  it('is not offered when the server would not take it back', async () => {
    show('me')
    await end(change({ changed: 0, can_undo: false }))
    expect(undoable.get()).toBeNull()
    act(() => undoable.set(change({ updated_at: Date.now() - 25 * 3_600_000 })))
    expect(place.textContent).toBe('')
  })
  it('is not offered again when the server has refused', async () => {
    show('me')
    await end(change())
    refusal = Response.json({ code: 'conflict', detail: 'too late' }, { status: 409 })
    await undo()
    await vi.waitFor(() => expect(undoable.get()).toBeNull())
    expect(toasts.get().at(-1)?.tone).toBe('danger')
  })
})
