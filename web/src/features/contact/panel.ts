// What stands in the panel beside a conversation, in the order each person likes it.
import type { Prefs } from '@/live/prefs'

/** The parts of the panel as they stand until somebody arranges them. */
export const parts = ['collaborators', 'same', 'tags', 'details', 'shop', 'consent', 'may_send', 'surveys', 'matters', 'sync', 'block', 'fields', 'identities', 'conversations'] as const
export type PanelPart = (typeof parts)[number]

/** Parts in the person's order. One that came to be since stands behind what it follows by nature. */
export function arranged(panel: Prefs['panel']): PanelPart[] {
  const order = [...new Set(panel?.order)].flatMap((name) => parts.find((part) => part === name) ?? [])
  parts.forEach((part, at) => {
    if (!order.includes(part)) order.splice(order.indexOf(parts[at - 1] ?? part) + 1, 0, part)
  })
  return order
}
