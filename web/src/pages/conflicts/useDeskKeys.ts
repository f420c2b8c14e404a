import { useEffect, useRef } from 'react'
import { isOn, keymap } from '@/actions/keymap'
import type { Side } from '@/api/types'

export interface DeskKeys {
  choose: (side: Side) => void
  always: (side: Side) => void
  skip: () => void
  back: () => void
  undo: () => void
}

/** What a key does at the desk, by its place on the keyboard; arrows mean the card that stands on their side of the screen. */
export function deskKey(event: Pick<KeyboardEvent, 'code' | 'shiftKey'>, isRtl: boolean): [keyof DeskKeys, Side?] | null {
  const { code, shiftKey } = event
  const side: Side | null =
    code === 'Digit1' || code === 'Numpad1' || code === (isRtl ? 'ArrowRight' : 'ArrowLeft') ? 'ours'
    : code === 'Digit2' || code === 'Numpad2' || code === (isRtl ? 'ArrowLeft' : 'ArrowRight') ? 'theirs'
    : null
  if (side) return [shiftKey ? 'always' : 'choose', side]
  if (shiftKey) return null
  if (code === 'KeyJ') return ['skip']
  if (code === 'KeyK') return ['back']
  return code === 'KeyU' ? ['undo'] : null
}

/** The desk's keys; they rest in fields, dialogs and menus, and for people who switched single keys off. */
export function useDeskKeys(keys: DeskKeys): void {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
      const target = event.target instanceof HTMLElement ? event.target : null
      if (target?.isContentEditable || target?.closest('input, textarea, select, [role=listbox]') || document.querySelector('[role=dialog], [role=menu], [role=listbox]')) return
      const found = deskKey(event, document.documentElement.dir === 'rtl')
      if (!found || !isOn({ code: event.code }, keymap.get().mode)) return
      event.preventDefault()
      const [name, side] = found
      if (name === 'choose' || name === 'always') latest.current[name](side ?? 'ours')
      else latest.current[name]()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
}
