// Short confirmations and failures that have no better place.
import { createStore } from '@/live/store'

export interface Toast {
  id: number
  text: string
  tone: 'plain' | 'danger'
  /** What can be done about it, while it is there. */
  action?: { label: string; run: () => void }
}

export const toasts = createStore<Toast[]>([])
let next = 1

/** Most that stand there at once; those that offer something stay beside them. */
const most = 3
const timers = new Map<number, ReturnType<typeof setTimeout>>()
/** Why a toast does not go: the pointer is on it, its button has the focus. */
const holds = new Map<number, Set<string>>()

/** Room for one more: the oldest that offers nothing goes. */
function withRoom(old: Toast[]): Toast[] {
  const oldest = old.length < most ? undefined : old.find((entry) => !entry.action)
  return oldest ? old.filter((entry) => entry !== oldest) : old
}

function expire({ id, tone, action }: Toast): void {
  clearTimeout(timers.get(id))
  timers.set(id, setTimeout(() => dropToast(id), tone === 'danger' || action ? 8000 : 4000))
}

export function toast(text: string, tone: Toast['tone'] = 'plain', action?: Toast['action']): void {
  const entry: Toast = { id: next++, text, tone, action }
  toasts.set((old) => [...withRoom(old), entry])
  expire(entry)
}

/** Whoever is about to press its button has the time they need. */
export function holdToast(id: number, why: 'pointer' | 'focus'): void {
  clearTimeout(timers.get(id))
  holds.set(id, (holds.get(id) ?? new Set()).add(why))
}

export function releaseToast(id: number, why: 'pointer' | 'focus'): void {
  const reasons = holds.get(id)
  if (!reasons?.delete(why) || reasons.size > 0) return
  const entry = toasts.get().find((other) => other.id === id)
  if (entry) expire(entry)
}

export function dropToast(id: number): void {
  clearTimeout(timers.get(id))
  timers.delete(id)
  holds.delete(id)
  toasts.set((old) => old.filter((entry) => entry.id !== id))
}
