import { useEffect, useRef } from 'react'
import { isOn, keymap } from './keymap'

/** Keys without a modifier that do something on a page. They rest in fields, dialogs and menus, and for people who switched single keys off. */
export function useSingleKeys(find: (event: KeyboardEvent) => (() => void) | undefined): void {
  const latest = useRef(find)
  useEffect(() => {
    latest.current = find
  })
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
      const target = event.target instanceof HTMLElement ? event.target : null
      if (target?.isContentEditable || target?.closest('input, textarea, select, [role=listbox]') || document.querySelector('[role=dialog], [role=menu], [role=listbox]')) return
      const act = isOn({ code: event.code }, keymap.get().mode) ? latest.current(event) : undefined
      if (!act) return
      event.preventDefault()
      act()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
}
