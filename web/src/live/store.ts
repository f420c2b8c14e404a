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

/** A store kept in localStorage; unreadable or foreign values fall back to the initial one. */
export function createKeptStore<T>(name: string, initial: T): Store<T> {
  let start = initial
  try {
    const text = localStorage.getItem(name)
    if (text) start = JSON.parse(text) as T
  } catch {
    start = initial
  }
  const store = createStore(start)
  store.subscribe(() => {
    try {
      localStorage.setItem(name, JSON.stringify(store.get()))
    } catch {
      // A full or forbidden storage loses the memory, not the work.
    }
  })
  return store
}
