// The smallest observable value: enough for clock, connection, outbox and layout, so that no state library is needed.
import { useSyncExternalStore } from 'react'

export interface Store<T> {
  get(): T
  set(next: T | ((value: T) => T)): void
  subscribe(listener: () => void): () => void
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set: (next) => {
      const changed = typeof next === 'function' ? (next as (value: T) => T)(value) : next
      if (Object.is(changed, value)) return
      value = changed
      for (const listener of listeners) listener()
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get)
}

/** What stands in localStorage under a name; undefined when nothing readable does. */
function kept<T>(name: string): T | undefined {
  try {
    const text = localStorage.getItem(name)
    return text ? (JSON.parse(text) as T) : undefined
  } catch {
    return undefined
  }
}

export interface KeptStore<T> extends Store<T> {
  /** Whether what it holds would be there after the tab is closed. */
  isKept(): boolean
}

/** A store kept in localStorage and shared by every tab: a change begins with what other tabs have written, so that none undoes the other's. */
export function createKeptStore<T>(name: string, initial: T): KeptStore<T> {
  const store = createStore(kept<T>(name) ?? initial)
  // While the storage takes nothing (full, forbidden), this tab's own value is the only whole one.
  let safe = true
  window.addEventListener('storage', (event) => {
    if (event.key === name && safe) store.set(kept<T>(name) ?? initial)
  })
  return {
    ...store,
    isKept: () => safe,
    set: (next) => {
      const before = safe ? (kept<T>(name) ?? store.get()) : store.get()
      const value = typeof next === 'function' ? (next as (value: T) => T)(before) : next
      try {
        localStorage.setItem(name, JSON.stringify(value))
        safe = true
      } catch {
        safe = false
      }
      store.set(value)
    },
  }
}
