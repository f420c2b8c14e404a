import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { discard, enqueue, outbox, startOutbox } from './outbox'

const entry = { client_id: 'k1', conversation_id: 'c1', user_id: 'u1', kind: 'message' as const, content: { type: 'text' as const, body: 'hi' }, preview: 'hi', reply_to: null }

describe('the outbox', () => {
  let stop: () => void
  const calls: { key: string | null; body: string }[] = []
  const answers: (() => Promise<Response>)[] = []

  beforeEach(() => {
    vi.useFakeTimers()
    calls.length = 0
    answers.length = 0
    vi.stubGlobal('fetch', (_url: string, init: RequestInit) => {
      calls.push({ key: new Headers(init.headers).get('Idempotency-Key'), body: String(init.body) })
      return (answers.shift() ?? (() => Promise.resolve(Response.json({ id: 'm1', conversation_id: 'c1', client_id: 'k1' }, { status: 202 }))))()
    })
    stop = startOutbox(new QueryClient(), 'u1')
  })
  afterEach(() => {
    stop()
    outbox.set([])
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('keeps the message through a dead network and repeats it with the same key', async () => {
    answers.push(() => Promise.reject(new TypeError('offline')))
    enqueue(entry)
    await vi.advanceTimersByTimeAsync(10)
    expect(JSON.parse(localStorage.getItem('rapport.outbox') ?? '[]')).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(3000)
    expect(calls.map((call) => call.key)).toEqual(['k1', 'k1'])
    expect(calls[0]?.body).toBe(calls[1]?.body)
    expect(outbox.get()).toHaveLength(0)
  })
  it('shows what the server does not take, and lets it go', async () => {
    answers.push(() => Promise.resolve(Response.json({ code: 'window_closed', detail: 'The window is closed.' }, { status: 409 })))
    enqueue(entry)
    await vi.advanceTimersByTimeAsync(10)
    expect(outbox.get()[0]).toMatchObject({ state: 'refused', error: 'The window is closed.' })
    discard('k1')
    expect(outbox.get()).toHaveLength(0)
  })
})
