// Theme, density, language and layout of this browser; the server keeps the person's choice, this keeps it for the next first paint.
import type { Density, Theme } from '@/api/types'
import { createKeptStore } from './store'

export interface Prefs {
  theme: Theme
  density: Density
  locale: string
  context: boolean
  /** The list of all views stands beside the conversations. */
  views?: boolean
  /** The panel beside a conversation: its parts in the person's order, and those they do not want to see. */
  panel?: { order?: readonly string[]; hidden?: readonly string[] }
}

export const prefs = createKeptStore<Prefs>('rapport.prefs', { theme: 'system', density: 'comfortable', locale: document.documentElement.lang || 'en', context: true })

const dark = () => matchMedia('(prefers-color-scheme: dark)')

export function applyPrefs(): void {
  const { theme, density } = prefs.get()
  const root = document.documentElement
  root.dataset.theme = theme === 'dark' || (theme === 'system' && dark().matches) ? 'dark' : 'light'
  root.dataset.density = density ?? 'comfortable'
}

export function startPrefs(): void {
  applyPrefs()
  prefs.subscribe(applyPrefs)
  dark().addEventListener('change', applyPrefs)
}

export function setPrefs(change: Partial<Prefs> | ((old: Prefs) => Partial<Prefs>)): void {
  prefs.set((old) => ({ ...old, ...(typeof change === 'function' ? change(old) : change) }))
}
