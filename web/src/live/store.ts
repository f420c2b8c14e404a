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

/** A store kept in localStorage and shared by every tab: a change begins with what other tabs have written, so that none undoes the other's. */
export function createKeptStore<T>(name: string, initial: T): Store<T> {
  const store = createStore(kept<T>(name) ?? initial)
  window.addEventListener('storage', (event) => {
    if (event.key === name) store.set(kept<T>(name) ?? initial)
  })
  return {
    ...store,
    set: (next) => {
      const before = kept<T>(name) ?? store.get()
      const value = typeof next === 'function' ? (next as (value: T) => T)(before) : next
      try {
        localStorage.setItem(name, JSON.stringify(value))
      } catch {
        // A full or forbidden storage loses the memory, not the work.
      }
      store.set(value)
    },
  }
}
