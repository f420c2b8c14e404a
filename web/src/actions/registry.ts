// Which actions can be carried out right now: components that are on screen lend their handlers.
import { useEffect, useRef } from 'react'
import { createStore } from '@/live/store'
import { actions, isMac, type ActionName } from './catalogue'
import { isChord, isOn, keymap, keysOf, keysOfPress, same } from './keymap'

type Handler = () => void

/** The last component that lent a handler wins, so a dialog or a thread overrides the page below it. */
const handlers = createStore<ReadonlyMap<ActionName, readonly Handler[]>>(new Map())

export const available = handlers

function lend(name: ActionName, handler: Handler): () => void {
  handlers.set((old) => new Map(old).set(name, [...(old.get(name) ?? []), handler]))
  return () => handlers.set((old) => new Map(old).set(name, (old.get(name) ?? []).filter((other) => other !== handler)))
}

/** Makes an action possible while the component is mounted and `enabled`. */
export function useAction(name: ActionName, handler: Handler, enabled = true): void {
  const latest = useRef(handler)
  useEffect(() => {
    latest.current = handler
  })
  useEffect(() => (enabled ? lend(name, () => latest.current()) : undefined), [name, enabled])
}

export function canRun(name: ActionName): boolean {
  return (handlers.get().get(name)?.length ?? 0) > 0
}

export function run(name: ActionName): boolean {
  const handler = handlers.get().get(name)?.at(-1)
  handler?.()
  return handler !== undefined
}

function inField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}

/** A press that writes a character: AltGr on other computers, Option in a field of a Mac ("@" and "¡" are written so). */
function writes(event: KeyboardEvent, mac: boolean): boolean {
  // Firefox on a Mac calls Option by this name too, wherever it is pressed.
  if (!mac) return event.getModifierState('AltGraph')
  return event.altKey && !event.metaKey && inField(event.target) && (event.key.length === 1 || event.key === 'Dead')
}

/** The one key listener. Single keys rest while a field has focus or a dialog or menu is open; chords with Ctrl or Alt work from fields too. */
export function startShortcuts(mac = isMac): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || writes(event, mac)) return
    const pressed = keysOfPress(event, mac)
    // The key that is Ctrl elsewhere means other things on a Mac, and the Windows key is the system's.
    if (!pressed || !isOn(pressed, keymap.get().mode) || (mac ? event.ctrlKey : event.metaKey)) return
    const action = actions.find(({ name }) => {
      const keys = keysOf(name)
      return keys !== undefined && same(keys, pressed)
    })
    if (!action) return
    const chord = isChord(pressed)
    if (!chord && inField(event.target)) return
    // A list of choices takes single keys for its own search, but only while one is in it: the template list stands open beside the thread.
    if (!chord && (document.querySelector('[role="dialog"], [role="menu"]') || document.activeElement?.closest('[role="listbox"]'))) return
    if (run(action.name)) event.preventDefault()
  }
  window.addEventListener('keydown', onKey)
  return () => window.removeEventListener('keydown', onKey)
}
