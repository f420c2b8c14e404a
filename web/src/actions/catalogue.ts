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
  { name: 'toggle_language', group: 'general' },
  { name: 'sign_out', group: 'general' },
  { name: 'go_inbox', group: 'go', keys: { code: 'Digit1', alt: true } },
  { name: 'go_contacts', group: 'go', keys: { code: 'Digit2', alt: true } },
  { name: 'go_channels', group: 'go', keys: { code: 'Digit3', alt: true } },
  { name: 'go_connections', group: 'go', keys: { code: 'Digit4', alt: true } },
  { name: 'go_team', group: 'go', keys: { code: 'Digit5', alt: true } },
  { name: 'go_health', group: 'go', keys: { code: 'Digit6', alt: true } },
  { name: 'go_account', group: 'go', keys: { code: 'Digit7', alt: true } },
  { name: 'next', group: 'list', keys: { code: 'KeyJ' } },
  { name: 'previous', group: 'list', keys: { code: 'KeyK' } },
  { name: 'view_mine', group: 'list', keys: { code: 'Digit1' } },
  { name: 'view_unassigned', group: 'list', keys: { code: 'Digit2' } },
  { name: 'view_all', group: 'list', keys: { code: 'Digit3' } },
  { name: 'view_unread', group: 'list', keys: { code: 'Digit4' } },
  { name: 'filter', group: 'list', keys: { code: 'KeyF' } },
  { name: 'reply', group: 'conversation', keys: { code: 'KeyR' } },
  { name: 'note', group: 'conversation', keys: { code: 'KeyN' } },
  { name: 'template', group: 'conversation', keys: { code: 'KeyT' } },
  { name: 'attach', group: 'conversation', keys: { code: 'KeyU' } },
  { name: 'assign_me', group: 'conversation', keys: { code: 'KeyA' } },
  { name: 'unassign', group: 'conversation', keys: { code: 'KeyA', shift: true } },
  { name: 'resolve', group: 'conversation', keys: { code: 'KeyE' } },
  { name: 'pending', group: 'conversation', keys: { code: 'KeyP' } },
  { name: 'snooze', group: 'conversation', keys: { code: 'KeyH' } },
  { name: 'context', group: 'conversation', keys: { code: 'Period' } },
  { name: 'close', group: 'conversation', keys: { code: 'Escape' } },
]

const named: Record<string, string> = { Slash: '/', Period: '.', Escape: 'Esc' }

/** Key caps in reading order, for a person: ["Ctrl", "K"]. */
export function caps(keys: Keys, mac: boolean): string[] {
  const parts: string[] = []
  if (keys.mod) parts.push(mac ? '⌘' : 'Ctrl')
  if (keys.alt) parts.push(mac ? '⌥' : 'Alt')
  if (keys.shift && keys.code === 'Slash') return [...parts, '?']
  if (keys.shift) parts.push(mac ? '⇧' : 'Shift')
  parts.push(named[keys.code] ?? keys.code.replace(/^(Key|Digit)/, ''))
  return parts
}

export function actionOf(name: ActionName): Action {
  const action = actions.find((candidate) => candidate.name === name)
  if (!action) throw new Error(`unknown action ${name}`)
  return action
}

export const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent)
