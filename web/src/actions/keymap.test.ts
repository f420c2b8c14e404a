import { afterEach, describe, expect, it } from 'vitest'
import type { KeySettings } from '@/api/types'
import { actions } from './catalogue'
import { claimKeymap, holderOf, isOn, isReserved, keymap, keysOf, keysOfPress, same, setKeymap, withKeys } from './keymap'

const usual: KeySettings = { mode: 'all', keys: {} }

afterEach(() => keymap.set({ user: '', mode: 'all', keys: {} }))

describe('the keys of the catalogue', () => {
  it('are nobody else’s, and none is the browser’s own', () => {
    for (const action of actions) {
      if (!action.keys) continue
      expect(holderOf(action.keys, action.name, {}), action.name).toBeUndefined()
      expect(isReserved(action.keys), action.name).toBe(false)
    }
  })
})

describe('keys that a person chose', () => {
  it('stand in place of the usual ones', () => {
    setKeymap('u1', { mode: 'all', keys: { next: { code: 'KeyN' }, note: null } })
    expect(keysOf('next')).toEqual({ code: 'KeyN' })
    expect(keysOf('note')).toBeUndefined()
    expect(keysOf('previous')).toEqual({ code: 'KeyK' })
    claimKeymap('u2')
    expect(keysOf('next')).toEqual({ code: 'KeyJ' })
  })
  it('are taken from whoever had them, and can be had back', () => {
    expect(holderOf({ code: 'KeyN' }, 'next', {})).toBe('note')
    const chosen = withKeys(usual, 'next', { code: 'KeyN' })
    expect(chosen.keys).toEqual({ next: { code: 'KeyN' }, note: null })
    expect(withKeys(chosen, 'note', undefined).keys).toEqual({ next: null })
    expect(withKeys(chosen, 'next', { code: 'KeyJ' }).keys).toEqual({ note: null })
    expect(withKeys(usual, 'next', null).keys).toEqual({ next: null })
  })
  it('can be switched off, all of them or the single ones', () => {
    const single = { code: 'KeyJ' }
    const chord = { code: 'KeyK', mod: true }
    expect([isOn(single, 'all'), isOn(chord, 'all'), isOn(single, 'chords'), isOn(chord, 'chords'), isOn(chord, 'off')]).toEqual([true, true, false, true, false])
  })
})

describe('a press', () => {
  const press = { code: 'KeyK', ctrlKey: true, metaKey: false, shiftKey: false, altKey: false }
  it('is known by its place, whatever letter the layout has there', () => {
    expect(keysOfPress(press, false)).toEqual({ code: 'KeyK', mod: true })
    expect(keysOfPress({ ...press, metaKey: true, ctrlKey: false }, true)).toEqual({ code: 'KeyK', mod: true })
    expect(keysOfPress({ ...press, code: 'ControlLeft' }, false)).toBeNull()
    expect(keysOfPress({ ...press, code: '' }, false)).toBeNull()
    expect(same({ code: 'KeyK', mod: false }, { code: 'KeyK' })).toBe(true)
  })
})
