import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { describe, expect, it } from 'vitest'
import { ErrorNote } from './ErrorNote'
import { toast, toasts } from './toast'
import { Toasts } from './Toasts'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

describe('sentences of ours', () => {
  it('run as the page does, whatever letter they begin with', () => {
    const box = document.createElement('div')
    const root = createRoot(box)
    toast('\u2068أحمد\u2069 mentioned you')
    act(() => root.render(<><Toasts /><ErrorNote error={null} /></>))
    expect(box.textContent).toContain('mentioned you')
    expect(box.querySelectorAll('[dir]')).toHaveLength(0)
    act(() => root.unmount())
    toasts.set([])
  })
})
