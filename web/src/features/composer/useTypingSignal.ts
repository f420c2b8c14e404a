import { useCallback, useEffect, useRef } from 'react'
import { post } from '@/api/client'
import type { Id } from '@/api/types'

const again = 6_000

/** Tells the others (and, in an open window, the customer) that someone is writing here; at most every six seconds. */
export function useTypingSignal(conversation: Id) {
  const last = useRef({ at: 0, state: 'idle' })
  const say = useCallback(
    (state: 'typing' | 'note' | 'idle') => {
      const now = Date.now()
      if (state === last.current.state && (state === 'idle' || now - last.current.at < again)) return
      last.current = { at: now, state }
      // A lost sign harms nobody.
      void post(`/conversations/${conversation}/typing`, { state }).catch(() => undefined)
    },
    [conversation],
  )
  useEffect(() => () => say('idle'), [say])
  return say
}
