// Short confirmations and failures that have no better place.
import { createStore } from '@/live/store'

export interface Toast {
  id: number
  text: string
  tone: 'plain' | 'danger'
}

export const toasts = createStore<Toast[]>([])
let next = 1

export function toast(text: string, tone: Toast['tone'] = 'plain'): void {
  const id = next++
  toasts.set((old) => [...old.slice(-2), { id, text, tone }])
  setTimeout(() => toasts.set((old) => old.filter((entry) => entry.id !== id)), tone === 'danger' ? 8000 : 4000)
}
