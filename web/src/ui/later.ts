import { lazy, useEffect, type ComponentType } from 'react'

/** A part of the page whose code is not in the first load; `load` fetches it early, `Part` fetches it when it is first shown. */
export interface Later<P> {
  Part: ComponentType<P>
  load: () => Promise<unknown>
}

/** Names a part whose code comes later. Show it inside a `Suspense`. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): Later<P> {
  return { Part: lazy(() => load().then((part) => ({ default: part }))), load }
}

/** The page has settled by then, in milliseconds after it was shown. */
const settled = 1_500

/** Fetches parts once the page has settled, so that their first use does not wait. One that fails is fetched again at its use. */
export function useSoon(...parts: { load: () => Promise<unknown> }[]): void {
  useEffect(() => {
    const timer = setTimeout(() => parts.forEach((part) => void part.load().catch(() => undefined)), settled)
    return () => clearTimeout(timer)
    // The parts of a page are constants of its module.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [])
}
