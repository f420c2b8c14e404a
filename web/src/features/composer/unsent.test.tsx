import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, describe, expect, it } from 'vitest'
import type { Message } from '@/api/types'
import { rewriting, startRewrite, stopRewrite } from './unsent'
import { useRewrite } from './useRewrite'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

const message = (id: string, conversation: string) => ({ id, conversation_id: conversation, direction: 'out', status: 'scheduled', content: { type: 'text', body: `words of ${id}` } }) as Message

describe('a message written anew', () => {
  afterEach(() => rewriting.set(new Map()))

  it('keeps its changed words while other conversations are open', () => {
    let box: ReturnType<typeof useRewrite> | undefined
    function Probe({ conversation }: { conversation: string }) {
      const made = useRewrite(conversation)
      useEffect(() => {
        box = made
      })
      return null
    }
    const root = createRoot(document.createElement('div'))
    const client = new QueryClient()
    const show = (conversation: string) => act(() => root.render(<QueryClientProvider client={client}><Probe key={conversation} conversation={conversation} /></QueryClientProvider>))
    show('c1')
    act(() => startRewrite(message('m1', 'c1')))
    expect(box?.text).toBe('words of m1')
    act(() => box?.setText('other words'))
    show('c2')
    expect(box).toMatchObject({ message: null, text: '' })
    // Another one, in another conversation.
    act(() => startRewrite(message('m2', 'c2')))
    show('c1')
    expect(box).toMatchObject({ message: { id: 'm1' }, text: 'other words', canSave: true })
    // Pressed once more: what was changed stays.
    act(() => startRewrite(message('m1', 'c1')))
    expect(box?.text).toBe('other words')
    act(() => stopRewrite('c1', 'another'))
    expect(box?.message?.id).toBe('m1')
    act(() => box?.stop())
    expect(box?.message).toBeNull()
    expect([...rewriting.get().keys()]).toEqual(['c2'])
    act(() => root.unmount())
  })
})
