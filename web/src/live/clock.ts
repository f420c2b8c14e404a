// One timer for every ring and relative time on screen: it ticks every 30 s and when the tab comes back.
import { createStore, useStore } from './store'

const now = createStore(Date.now())
const period = 30_000
let timer: ReturnType<typeof setInterval> | undefined

function tick(): void {
  now.set(Date.now())
}

export function startClock(): void {
  if (timer) return
  timer = setInterval(tick, period)
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) tick()
  })
}

/** The shared "now", at most 30 s old. */
export function useNow(): number {
  return useStore(now)
}
