// Whose keys do what: the usual ones of the catalogue, and what a person chose instead. Kept here for the first moment, and on the server for every computer.
import type { KeySettings } from '@/api/types'
import { createKeptStore, useStore } from '@/live/store'
import { actions, type ActionName, type Keys } from './catalogue'

interface Kept extends KeySettings {
  /** Whose choice it is: a browser may be used by several people. */
  user: string
}

const usual: Kept = { user: '', mode: 'all', keys: {} }

export const keymap = createKeptStore<Kept>('rapport.keys', usual)

/** The keys of a person; another person's choice is forgotten. */
export function setKeymap(user: string, settings: KeySettings): void {
  keymap.set({ user, mode: settings.mode, keys: settings.keys })
}

/** Before the server has answered: nobody works with the keys of somebody else. */
export function claimKeymap(user: string): void {
  if (keymap.get().user !== user) keymap.set({ ...usual, user })
}

/** The keys of an action, as chosen or usual; undefined when it has none. */
export function keysOf(name: ActionName, chosen: KeySettings['keys'] = keymap.get().keys): Keys | undefined {
  const own = chosen[name]
  if (own === null) return undefined
  return own ?? actions.find((action) => action.name === name)?.keys
}

/** The keys of an action while the component is on screen; none while keys are off. */
export function useKeys(name: ActionName | undefined): Keys | undefined {
  const { mode, keys } = useStore(keymap)
  const found = name && keysOf(name, keys)
  return found && isOn(found, mode) ? found : undefined
}

/** Whether a key does anything in a mode: single keys can rest while chords go on. */
export function isOn(keys: Keys, mode: KeySettings['mode']): boolean {
  return mode === 'all' || (mode === 'chords' && isChord(keys))
}

export function isChord(keys: Keys): boolean {
  return Boolean(keys.mod || keys.alt)
}

export function same(one: Keys, other: Keys): boolean {
  return one.code === other.code && !one.mod === !other.mod && !one.shift === !other.shift && !one.alt === !other.alt
}

/** The other action that has these keys already. */
export function holderOf(wanted: Keys, name: ActionName, chosen: KeySettings['keys']): ActionName | undefined {
  return actions.find((action) => {
    const held = keysOf(action.name, chosen)
    return action.name !== name && held !== undefined && same(held, wanted)
  })?.name
}

/** Keys that the browser or the system keeps for itself, and those that mean something in every field. */
const reserved = new Set(['mod+KeyT', 'mod+KeyN', 'mod+KeyW', 'mod+KeyR', 'mod+KeyL', 'mod+KeyC', 'mod+KeyV', 'mod+KeyX', 'mod+KeyA', 'mod+KeyZ', 'Tab', 'Enter', 'Space', 'Backspace', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'shift+Tab', 'alt+Tab', 'alt+F4', 'F5', 'F11', 'F12'])

export function isReserved(keys: Keys): boolean {
  return reserved.has([keys.mod && 'mod', keys.alt && 'alt', keys.shift && 'shift', keys.code].filter(Boolean).join('+'))
}

const held = /^(Shift|Control|Alt|Meta|OS|CapsLock|NumLock|Fn|AltGraph)/

/** The keys of a press, by place; null while only Shift and its like are down, and for keys without a place. */
export function keysOfPress(event: Pick<KeyboardEvent, 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>, mac: boolean): Keys | null {
  if (!event.code || held.test(event.code)) return null
  const keys: Keys = { code: event.code }
  if (mac ? event.metaKey : event.ctrlKey) keys.mod = true
  if (event.shiftKey) keys.shift = true
  if (event.altKey) keys.alt = true
  return keys
}

/** The settings with other keys for an action (null takes them away, undefined brings the usual ones back). Whoever had the new ones loses them. */
export function withKeys(settings: KeySettings, name: ActionName, wanted: Keys | null | undefined): KeySettings {
  const keys = { ...settings.keys }
  const usualKeys = actions.find((action) => action.name === name)?.keys
  const next = wanted === undefined ? usualKeys : wanted
  if (next) {
    const holder = holderOf(next, name, keys)
    if (holder) keys[holder] = null
  }
  if (wanted === undefined || (wanted && usualKeys && same(wanted, usualKeys))) delete keys[name]
  else keys[name] = wanted
  return { ...settings, keys }
}
