import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, type ReactNode } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keys } from '@/api/keys'
import type { Contact } from '@/api/types'
import { BlockControl } from './BlockControl'
import { ConsentControl } from './ConsentControl'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

const contact = (id: string) => ({ id, name: id, blocked_on: ['ch'], consent: { marketing: 'unknown' } }) as unknown as Contact

describe('what is done to a customer while another one comes on screen', () => {
  let client: QueryClient
  let root: Root
  let answer: (body: unknown) => void = () => undefined
  const asked: string[] = []
  const show = (part: ReactNode) => act(() => root.render(<QueryClientProvider client={client}>{part}</QueryClientProvider>))
  const held = (id: string) => client.getQueryData<Contact>(keys.contact(id))
  const press = (label: string) => act(async () => [...document.querySelectorAll<HTMLElement>('button')].find((one) => one.textContent === label)?.click())
  const settle = (body: unknown) => act(async () => {
    answer(body)
    await vi.waitFor(() => expect(client.isMutating()).toBe(0))
  })

  beforeEach(() => {
    vi.stubGlobal('fetch', (input: Request | string | URL) => new Promise<Response>((done) => {
      asked.push(String(input instanceof Request ? input.url : input))
      answer = (body) => done(Response.json(body))
    }))
    client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity, retry: false } } })
    for (const id of ['amal', 'omar']) client.setQueryData(keys.contact(id), contact(id))
    client.setQueryData(keys.channels, [{ id: 'ch', name: 'Shop' }])
    const box = document.createElement('div')
    document.body.append(box)
    root = createRoot(box)
  })
  afterEach(() => {
    act(() => root.unmount())
    document.body.replaceChildren()
    asked.length = 0
    vi.unstubAllGlobals()
  })

  it('is a block taken back from the first alone', async () => {
    show(<BlockControl contact={contact('amal')} />)
    await press('Unblock')
    show(<BlockControl contact={contact('omar')} />)
    await settle({ ...contact('amal'), blocked_on: [] })
    expect(asked.filter((url) => url.includes('/block'))).toEqual([expect.stringContaining('/contacts/amal/block')])
    expect([held('amal')?.blocked_on, held('omar')?.blocked_on]).toEqual([[], ['ch']])
  })
  it('is a consent of the first alone', async () => {
    show(<ConsentControl contact={contact('amal')} />)
    await press('Change')
    await press('Record')
    show(<ConsentControl contact={contact('omar')} />)
    await settle({})
    expect(asked.filter((url) => url.includes('/consents'))).toEqual([expect.stringContaining('/contacts/amal/consents')])
    expect([held('amal')?.consent.marketing, held('omar')?.consent.marketing]).toEqual(['opted_in', 'unknown'])
    expect(client.getQueryState(keys.contact('amal'))?.isInvalidated).toBe(true)
  })
})
