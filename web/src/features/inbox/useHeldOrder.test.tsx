import { act, useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { describe, expect, it } from 'vitest'
import { useHeldOrder } from './useHeldOrder'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

let release: () => void = () => undefined

function Probe({ ids, hold, scope = 'a' }: { ids: string; hold: boolean; scope?: string }) {
  const held = useHeldOrder([...ids].map((id) => ({ id })), hold, scope)
  useEffect(() => {
    release = held.release
  })
  return <p>{`${held.rows.map((row) => row.id).join('')} ${held.waiting}`}</p>
}

function stage() {
  const box = document.createElement('div')
  const root = createRoot(box)
  return (ids: string, hold: boolean, scope?: string) => {
    act(() => root.render(<Probe ids={ids} hold={hold} scope={scope} />))
    return box.textContent
  }
}

describe('the order under the pointer', () => {
  it('stays while held, counts what waits, and follows again afterwards', () => {
    const show = stage()
    expect(show('abc', false)).toBe('abc 0')
    expect(show('abc', true)).toBe('abc 0')
    expect(show('xabc', true)).toBe('abc 1')
    expect(show('cxab', true)).toBe('abc 2')
    expect(show('cxab', false)).toBe('cxab 0')
  })
  it('adds further pages and keeps them in place too', () => {
    const show = stage()
    show('abc', true)
    expect(show('abcde', true)).toBe('abcde 0')
    expect(show('eabcd', true)).toBe('abcde 1')
  })
  it('lets rows go that left the list, and starts afresh for another list', () => {
    const show = stage()
    show('abc', true)
    expect(show('bc', true)).toBe('bc 0')
    expect(show('zyx', true, 'b')).toBe('zyx 0')
  })
  it('takes the new order on release', () => {
    const show = stage()
    show('abc', true)
    show('xabc', true)
    act(() => release())
    expect(show('xabc', true)).toBe('xabc 0')
  })
})
