import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Campaign } from './model'
import { StartSection } from './StartSection'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
vi.mock('@tanstack/react-router', () => ({ useNavigate: () => () => undefined, useSearch: () => ({}), Link: 'a' }))

const draft = { id: 'c', name: 'Eid', status: 'draft', scheduled_at: null, updated_at: 1 } as unknown as Campaign

/** The page's button of the last section. */
const button = (root: ParentNode, words: string) => [...root.querySelectorAll('button')].filter((one) => one.textContent === words).at(-1)

describe('the beginning of a campaign', () => {
  let root: ReturnType<typeof createRoot>
  beforeEach(() => {
    vi.stubGlobal('fetch', () => new Promise(() => undefined))
    const box = document.createElement('div')
    document.body.append(box)
    root = createRoot(box)
    act(() => root.render(<QueryClientProvider client={new QueryClient()}><StartSection campaign={draft} /></QueryClientProvider>))
  })
  afterEach(() => {
    act(() => root.unmount())
    document.body.replaceChildren()
    vi.unstubAllGlobals()
  })

  it('cannot be asked for while its moment is not chosen', () => {
    expect(button(document, 'Start')?.disabled).toBe(false)
    act(() => document.querySelector<HTMLInputElement>('input[type=radio][value=later]')?.click())
    expect(document.querySelector('input[type=datetime-local]')).not.toBeNull()
    expect(button(document, 'Schedule')?.disabled).toBe(true)
  })

  it('names its moment, and no number of customers before they are counted', () => {
    act(() => button(document, 'Start')?.click())
    const asked = document.querySelector('[role=dialog]')?.textContent ?? ''
    expect(asked).toContain('Begins at once')
    expect(asked).toContain('is not counted yet')
  })
})
