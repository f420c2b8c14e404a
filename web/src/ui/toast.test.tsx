import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { dropToast, holdToast, releaseToast, toast, toasts } from './toast'
import { Toasts } from './Toasts'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

const texts = () => toasts.get().map((entry) => entry.text)
const undo = { label: 'Undo', run: () => undefined }

describe('a toast that offers something', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    for (const { id } of toasts.get()) dropToast(id)
    vi.useRealTimers()
  })

  it('is not pushed out by others', () => {
    toast('changed', 'plain', undo)
    for (const text of ['a', 'b', 'c', 'd']) toast(text)
    expect(texts()).toEqual(['changed', 'c', 'd'])
  })
  it('stays while the pointer or the focus is on it, and as long again afterwards', () => {
    toast('changed', 'plain', undo)
    const { id } = toasts.get()[0] ?? { id: 0 }
    holdToast(id, 'pointer')
    holdToast(id, 'focus')
    vi.advanceTimersByTime(60_000)
    releaseToast(id, 'pointer')
    vi.advanceTimersByTime(60_000)
    expect(texts()).toEqual(['changed'])
    releaseToast(id, 'focus')
    vi.advanceTimersByTime(7_900)
    expect(texts()).toEqual(['changed'])
    vi.advanceTimersByTime(200)
    expect(texts()).toEqual([])
  })
  it('is held by its button', () => {
    const place = document.createElement('div')
    document.body.append(place)
    const root = createRoot(place)
    act(() => root.render(<Toasts />))
    act(() => toast('changed', 'plain', undo))
    const button = place.querySelector('button')
    act(() => button?.focus())
    act(() => vi.advanceTimersByTime(60_000))
    expect(texts()).toEqual(['changed'])
    act(() => button?.blur())
    act(() => vi.advanceTimersByTime(8_100))
    expect(texts()).toEqual([])
    act(() => root.unmount())
    place.remove()
  })
})
