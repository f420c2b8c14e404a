import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startShortcuts, useAction } from './registry'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

const done: string[] = []

function Lender() {
  useAction('resolve_with', () => done.push('resolve_with'))
  useAction('go_inbox', () => done.push('go_inbox'))
  return <textarea />
}

describe('the one key listener', () => {
  const place = document.createElement('div')
  const root = createRoot(place)
  let stop: () => void = () => undefined

  beforeEach(() => {
    done.length = 0
    document.body.append(place)
    act(() => root.render(<Lender />))
  })
  afterEach(() => {
    stop()
    act(() => root.render(null))
    place.remove()
  })

  /** What a press does; `levels` are the modifiers the browser reports beside Ctrl, Alt and the like. */
  function press(where: 'field' | 'page', init: KeyboardEventInit, levels: string[] = []): string[] {
    const event = new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init })
    event.getModifierState = (name) => levels.includes(name)
    const field = place.querySelector('textarea')
    ;(where === 'field' && field ? field : document.body).dispatchEvent(event)
    expect(event.defaultPrevented).toBe(done.length > 0)
    return done.splice(0)
  }

  it('leaves Option in a field of a Mac to the characters it writes', () => {
    stop = startShortcuts(true)
    const accent = { code: 'KeyE', altKey: true, key: 'Dead' }
    const mark = { code: 'Digit1', altKey: true, key: '¡' }
    expect(press('field', accent)).toEqual([])
    expect(press('field', mark)).toEqual([])
    expect(press('page', accent, ['AltGraph'])).toEqual(['resolve_with'])
    expect(press('page', mark)).toEqual(['go_inbox'])
  })
  it('leaves AltGr to the characters it writes, and takes Alt in a field elsewhere', () => {
    stop = startShortcuts(false)
    const alt = { code: 'KeyE', altKey: true, key: 'e' }
    expect(press('field', alt)).toEqual(['resolve_with'])
    expect(press('field', { ...alt, key: '€' }, ['AltGraph'])).toEqual([])
    expect(press('page', { ...alt, key: '€' }, ['AltGraph'])).toEqual([])
  })
})
