import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, describe, expect, it } from 'vitest'
import type { Message } from '@/api/types'
import { emptyDraft, keepDraft, readDraft } from '@/features/composer/drafts'
import { asMessage, outbox, type OutboxEntry } from '@/live/outbox'
import { DeliveryNote } from './DeliveryNote'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

const entry: OutboxEntry = { client_id: 'k1', conversation_id: 'c1', user_id: 'u1', kind: 'message', content: { type: 'text', body: 'tomorrow' }, preview: 'tomorrow', plan: { at: 9e12, cancel: false }, reply_to: null, created_at: 1, state: 'refused', error: 'no' }
const note: OutboxEntry = { ...entry, kind: 'note', content: { type: 'note', body: 'for us only', mentions: [] }, plan: undefined }

/** The words of the note under a message. */
function noteOf(message: Message): string {
  const place = document.createElement('div')
  const root = createRoot(place)
  act(() => root.render(<QueryClientProvider client={new QueryClient()}><DeliveryNote message={message} /></QueryClientProvider>))
  const text = [...place.querySelectorAll('[role=note] p')].map((one) => one.textContent?.replaceAll(/[\u2066-\u2069]/g, '')).join(' | ')
  act(() => root.unmount())
  return text
}

describe('a message that failed', () => {
  const failed = (error: Partial<NonNullable<Message['error']>>): Message => ({ ...asMessage(entry), status: 'failed', error: { code: 0, meaning: '', advice: 'Ask for help.', retryable: true, ...error } })
  it.each([
    ['in our house: the reason, and no bare 0', { meaning: 'Connection refused.' }, 'It did not go out | Connection refused. Nothing reached the customer. Try again.'],
    ['in our house, without a reason', { meaning: 'It did not go out.' }, 'It did not go out | Nothing reached the customer. Try again.'],
    ['in our house, for good', { meaning: 'The file was removed.', retryable: false }, 'It did not go out | The file was removed. Nothing reached the customer. Correct what is named, then write it anew.'],
    ['with a code that nobody has described: its meaning, and the code', { code: 999_999, meaning: 'Strange thing' }, /^Strange thing \| .*999999$/],
  ])('%s', (_, error, wanted) => {
    const said = noteOf(failed(error))
    if (typeof wanted === 'string') expect(said).toBe(wanted)
    else expect(said).toMatch(wanted)
  })
})

describe('what was not accepted and is put back', () => {
  afterEach(() => {
    outbox.set([])
    localStorage.clear()
  })
  function putBack(refused: OutboxEntry): void {
    outbox.set([refused])
    const place = document.createElement('div')
    document.body.append(place)
    const root = createRoot(place)
    act(() => root.render(<QueryClientProvider client={new QueryClient()}><DeliveryNote message={asMessage(refused)} /></QueryClientProvider>))
    const button = [...place.querySelectorAll('button')].find((one) => one.textContent === 'Put back in the box')
    act(() => button?.click())
    act(() => root.unmount())
    place.remove()
    expect(outbox.get()).toEqual([])
  }

  it('stays a note, beside a reply that was begun', () => {
    keepDraft('c1', { ...emptyDraft(), text: 'Dear customer' })
    putBack(note)
    expect(readDraft('c1')).toMatchObject({ note: true, text: 'for us only', aside: { note: false, text: 'Dear customer' } })
  })
  it('keeps the moment it was planned for', () => {
    putBack(entry)
    expect(readDraft('c1')).toMatchObject({ note: false, text: 'tomorrow', plan: { at: 9e12, cancel: false } })
  })
})
