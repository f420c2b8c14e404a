import { createContext, useContext, useDeferredValue, type ReactNode } from 'react'

const Still = createContext(false)

/** Whether buttons here are only drawn in this frame. */
export const useStill = (): boolean => useContext(Still)

/**
 * Draws its buttons first and makes them work in the next frame: a row of them costs as much as the words of a conversation,
 * which the person waits for.
 */
export function Soon({ children }: { children: ReactNode }) {
  const ready = useDeferredValue(true, false)
  return <Still value={!ready}>{children}</Still>
}
