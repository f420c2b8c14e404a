import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { run } from '@/actions/registry'
import type { Conversation, Me } from '@/api/types'
import { MeContext } from '@/features/frame/useMe'
import { ThreadHeader } from './ThreadHeader'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

const conversation = (id: string) => ({ id, contact: { id: `c-${id}`, name: id, tags: [] }, channel: { id: 'ch', name: 'Shop' }, status: 'open', assignee_id: null, window_expires_at: null, last_message_at: 5, created_at: 1, updated_at: 5 }) as unknown as Conversation
const me = { user: { id: 'me', name: 'Me' }, permissions: ['inbox.write'] } as unknown as Me

describe('what is open over one conversation', () => {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  let root: Root
  const show = (id: string) => act(async () => root.render(<QueryClientProvider client={client}><MeContext value={me}><ThreadHeader conversation={conversation(id)} onClose={() => undefined} /></MeContext></QueryClientProvider>))
  /** A little time: what is fetched comes, what is closed goes. */
  const pass = () => act(() => new Promise((done) => setTimeout(done, 20)))
  const layer = () => document.querySelector('[role=dialog], [role=menu]')

  beforeEach(async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ items: [], next_cursor: null })))
    const box = document.createElement('div')
    document.body.append(box)
    root = createRoot(box)
    await show('amal')
  })
  afterEach(() => {
    act(() => root.unmount())
    document.body.replaceChildren()
    client.clear()
    vi.unstubAllGlobals()
  })

  it.each([
    ['when it sleeps until', () => run('snooze')],
    ['the choice of a macro', () => run('macro')],
    ['its verbs', () => document.querySelector<HTMLElement>('button[aria-label="More conversation actions"]')?.click()],
  ])('is gone when another comes, and does not come back with it: %s', async (_what, open) => {
    await act(async () => void open())
    for (let left = 200; left > 0 && !layer(); left -= 1) await pass()
    expect(layer()).not.toBeNull()
    await show('omar')
    await pass()
    expect(layer()).toBeNull()
    await show('amal')
    await pass()
    expect(layer()).toBeNull()
  })
})
