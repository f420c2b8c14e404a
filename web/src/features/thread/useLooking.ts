import { useEffect } from 'react'
import { post } from '@/api/client'
import type { Id } from '@/api/types'
import { useMe } from '@/features/frame/useMe'

/** Others forget a look after 45 seconds; this renews it in time. */
const again = 20_000

/** Tells the others that somebody has this conversation open, as long as the tab is in front. */
export function useLooking(conversation: Id): void {
  const may = useMe().permissions.includes('inbox.write')
  useEffect(() => {
    if (!may) return
    // A lost sign harms nobody.
    const say = (state: 'viewing' | 'left') => void post(`/conversations/${conversation}/typing`, { state }).catch(() => undefined)
    // Whoever only passes by on the way down the list looks at nothing.
    let seen = false
    const tick = () => {
      if (document.hidden) return
      seen = true
      say('viewing')
    }
    const first = setTimeout(tick, 1_000)
    const timer = setInterval(tick, again)
    const turned = () => (document.hidden ? seen && say('left') : tick())
    document.addEventListener('visibilitychange', turned)
    return () => {
      clearTimeout(first)
      clearInterval(timer)
      document.removeEventListener('visibilitychange', turned)
      if (seen) say('left')
    }
  }, [conversation, may])
}
