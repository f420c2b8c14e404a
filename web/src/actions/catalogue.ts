// Every action a person can take, once: the palette lists them, the keyboard triggers them, tooltips and the help sheet name their keys.
import type en from '@/i18n/en.json'

/** A key by its physical place (event.code), so that it is the same finger on every layout. */
export interface Keys {
  code: string
  mod?: boolean
  shift?: boolean
  alt?: boolean
}

export type ActionName = keyof (typeof en)['action']
export type ActionGroup = keyof (typeof en)['action_group']

export interface Action {
  name: ActionName
  group: ActionGroup
  keys?: Keys
}

export const actions: readonly Action[] = [
  { name: 'palette', group: 'general', keys: { code: 'KeyK', mod: true } },
  { name: 'search', group: 'general', keys: { code: 'Slash' } },
  { name: 'help', group: 'general', keys: { code: 'Slash', shift: true } },
  { name: 'toggle_theme', group: 'general', keys: { code: 'KeyL', shift: true } },
  { name: 'toggle_density', group: 'general' },
  { name: 'change_language', group: 'general' },
  { name: 'toggle_presence', group: 'general' },
  { name: 'sign_out', group: 'general' },
  { name: 'go_inbox', group: 'go', keys: { code: 'Digit1', alt: true } },
  { name: 'go_contacts', group: 'go', keys: { code: 'Digit2', alt: true } },
  { name: 'go_channels', group: 'go', keys: { code: 'Digit3', alt: true } },
  { name: 'go_connections', group: 'go', keys: { code: 'Digit4', alt: true } },
  { name: 'go_team', group: 'go', keys: { code: 'Digit5', alt: true } },
  { name: 'go_health', group: 'go', keys: { code: 'Digit6', alt: true } },
  { name: 'go_account', group: 'go', keys: { code: 'Digit7', alt: true } },
  { name: 'go_guide', group: 'go' },
  { name: 'go_practice', group: 'go' },
  { name: 'next', group: 'list', keys: { code: 'KeyJ' } },
  { name: 'previous', group: 'list', keys: { code: 'KeyK' } },
  { name: 'view_mine', group: 'list', keys: { code: 'Digit1' } },
  { name: 'view_unassigned', group: 'list', keys: { code: 'Digit2' } },
  { name: 'view_all', group: 'list', keys: { code: 'Digit3' } },
  { name: 'view_unread', group: 'list', keys: { code: 'Digit4' } },
  { name: 'view_mentions', group: 'list', keys: { code: 'Digit5' } },
  { name: 'view_unattended', group: 'list', keys: { code: 'Digit6' } },
  { name: 'view_closing', group: 'list', keys: { code: 'Digit7' } },
  { name: 'views', group: 'list', keys: { code: 'KeyV' } },
  { name: 'conditions', group: 'list', keys: { code: 'KeyF', shift: true } },
  { name: 'select', group: 'list', keys: { code: 'KeyX' } },
  { name: 'select_all', group: 'list', keys: { code: 'KeyX', shift: true } },
  { name: 'filter', group: 'list', keys: { code: 'KeyF' } },
  { name: 'reply', group: 'conversation', keys: { code: 'KeyR' } },
  { name: 'note', group: 'conversation', keys: { code: 'KeyN' } },
  { name: 'template', group: 'conversation', keys: { code: 'KeyT' } },
  { name: 'attach', group: 'conversation', keys: { code: 'KeyU' } },
  { name: 'assign_me', group: 'conversation', keys: { code: 'KeyA' } },
  { name: 'unassign', group: 'conversation', keys: { code: 'KeyA', shift: true } },
  { name: 'resolve', group: 'conversation', keys: { code: 'KeyE' } },
  { name: 'resolve_next', group: 'conversation', keys: { code: 'KeyE', shift: true } },
  { name: 'resolve_with', group: 'conversation', keys: { code: 'KeyE', alt: true } },
  { name: 'macro', group: 'conversation', keys: { code: 'KeyM' } },
  { name: 'pending', group: 'conversation', keys: { code: 'KeyP' } },
  { name: 'snooze', group: 'conversation', keys: { code: 'KeyH' } },
  { name: 'follow', group: 'conversation', keys: { code: 'KeyW' } },
  { name: 'split', group: 'conversation', keys: { code: 'KeyS', shift: true } },
  { name: 'merge', group: 'conversation', keys: { code: 'KeyM', shift: true } },
  { name: 'context', group: 'conversation', keys: { code: 'Period' } },
  { name: 'close', group: 'conversation', keys: { code: 'Escape' } },
  { name: 'schedule', group: 'writing', keys: { code: 'Enter', mod: true, shift: true } },
  { name: 'bold', group: 'writing', keys: { code: 'KeyB', mod: true } },
  { name: 'italic', group: 'writing', keys: { code: 'KeyI', mod: true } },
  { name: 'strike', group: 'writing', keys: { code: 'KeyX', mod: true, shift: true } },
  { name: 'code', group: 'writing', keys: { code: 'KeyE', mod: true, shift: true } },
  { name: 'quote', group: 'writing', keys: { code: 'Period', mod: true, shift: true } },
  { name: 'bullets', group: 'writing', keys: { code: 'Digit8', mod: true, shift: true } },
]

const named: Record<string, string> = {
  Slash: '/', Period: '.', Comma: ',', Semicolon: ';', Quote: "'", Backquote: '`', Minus: '-', Equal: '=', BracketLeft: '[', BracketRight: ']', Backslash: '\\', Escape: 'Esc', Enter: '↵', ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→', Delete: 'Del',
}

/** Key caps in reading order, for a person: ["Ctrl", "K"]. */
export function caps(keys: Keys, mac: boolean): string[] {
  const parts: string[] = []
  if (keys.mod) parts.push(mac ? '⌘' : 'Ctrl')
  if (keys.alt) parts.push(mac ? '⌥' : 'Alt')
  if (keys.shift && keys.code === 'Slash' && parts.length === 0) return [...parts, '?']
  if (keys.shift) parts.push(mac ? '⇧' : 'Shift')
  parts.push(named[keys.code] ?? keys.code.replace(/^(Key|Digit)/, ''))
  return parts
}

export const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent)
