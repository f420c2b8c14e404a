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

export function toast(text: string, tone: Toast['tone'] = 'plain', action?: Toast['action']): void {
  const id = next++
  toasts.set((old) => [...old.slice(-2), { id, text, tone, action }])
  setTimeout(() => toasts.set((old) => old.filter((entry) => entry.id !== id)), tone === 'danger' || action ? 8000 : 4000)
}

export function dropToast(id: number): void {
  toasts.set((old) => old.filter((entry) => entry.id !== id))
}
