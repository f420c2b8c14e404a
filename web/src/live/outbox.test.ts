import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { discard, enqueue, outbox, startOutbox, takeBack } from './outbox'

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
  it('keeps a message whose writer is signed out, and one whose first request still runs', async () => {
    answers.push(
      () => Promise.resolve(Response.json({ code: 'unauthenticated' }, { status: 401 })),
      () => Promise.resolve(Response.json({ code: 'idempotency_in_progress' }, { status: 409 })),
    )
    enqueue(entry)
    await vi.advanceTimersByTimeAsync(10)
    expect(outbox.get()[0]).toMatchObject({ state: 'waiting', error: null })
    await vi.advanceTimersByTimeAsync(5000)
    expect(calls).toHaveLength(3)
    expect(outbox.get()).toHaveLength(0)
  })
  it('delivers what came while a delivery was ending', async () => {
    enqueue(entry)
    await vi.advanceTimersByTimeAsync(0)
    enqueue({ ...entry, client_id: 'k2' })
    await vi.advanceTimersByTimeAsync(50)
    expect(calls.map((call) => call.key)).toEqual(['k1', 'k2'])
    expect(outbox.get()).toHaveLength(0)
  })
  it('loses nothing when the browser keeps nothing, and says so', async () => {
    const real = globalThis.localStorage
    const setItem = () => {
      throw new DOMException('full', 'QuotaExceededError')
    }
    Object.defineProperty(globalThis, 'localStorage', { configurable: true, value: { getItem: (name: string) => real.getItem(name), setItem } })
    for (let n = 0; n < 3; n += 1) answers.push(() => Promise.reject(new TypeError('offline')))
    enqueue(entry)
    enqueue({ ...entry, client_id: 'k2' })
    await vi.advanceTimersByTimeAsync(10)
    expect(outbox.isKept()).toBe(false)
    expect(outbox.get().map((one) => one.client_id)).toEqual(['k1', 'k2'])
    Object.defineProperty(globalThis, 'localStorage', { configurable: true, value: real })
    await vi.advanceTimersByTimeAsync(10_000)
    expect(outbox.get()).toHaveLength(0)
    expect(new Set(calls.map((call) => call.key))).toEqual(new Set(['k1', 'k2']))
  })
  it('gives back only what certainly never left', async () => {
    for (let n = 0; n < 4; n += 1) answers.push(() => Promise.reject(new TypeError('cut')))
    enqueue(entry)
    enqueue({ ...entry, client_id: 'k2' })
    await vi.advanceTimersByTimeAsync(10)
    expect(takeBack('k1')).toBeNull()
    expect(takeBack('k2')).toMatchObject({ client_id: 'k2' })
    expect(outbox.get().map((one) => one.client_id)).toEqual(['k1'])
  })
  it('sends the chosen moment along', async () => {
    enqueue({ ...entry, plan: { at: 5, cancel: true } })
    await vi.advanceTimersByTimeAsync(10)
    expect(JSON.parse(calls[0]?.body ?? '')).toMatchObject({ send_at: 5, cancel_on_reply: true })
  })
})
