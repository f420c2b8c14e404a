import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState, type KeyboardEvent, type RefObject } from 'react'
import { post } from '@/api/client'
import { keys } from '@/api/keys'
import { quickRepliesHereQuery } from '@/api/queries'
import type { QuickReply } from '@/api/types'
import { caretPlace, replaceIn } from './box'
import { attach } from './drafts'
import type { QuickKeys } from './late/QuickList'
import { nextBlank, slashAt, type Slash } from './text'

export const slashListId = 'quick-replies'

interface Open extends Slash {
  /** Where the slash stands, in pixels from the inline start of the box. */
  inline: number
}

/**
 * Quick replies on `/`: open while the caret stands behind a slash that begins a word. `onBlanks` hears which blanks of an
 * inserted reply nothing filled.
 */
export function useSlash(enabled: boolean, conversation: string, box: RefObject<HTMLTextAreaElement | null>, write: (text: string) => void, onBlanks: (blanks: string[]) => void) {
  const client = useQueryClient()
  const [found, setFound] = useState<Open | null>(null)
  /** A slash that was waved away stays closed. */
  const [closed, setClosed] = useState<number | null>(null)
  const [active, setActive] = useState<string | null>(null)
  const list = useRef<QuickKeys>(null)
  const open = enabled && found !== null && found.from !== closed ? found : null

  /** The text or the caret has moved. */
  const look = () => {
    const { current } = box
    if (!enabled || !current || current.selectionStart !== current.selectionEnd) return setFound(null)
    const slash = slashAt(current.value, current.selectionStart)
    if (!slash) {
      setClosed(null)
      return setFound(null)
    }
    if (slash.from !== found?.from) setFound({ ...slash, inline: caretPlace(current, slash.from).inline })
    else if (slash.query !== found.query) setFound({ ...found, ...slash })
  }
  const close = () => setClosed(found?.from ?? null)
  /** The list is there before the first slash is typed. */
  const warm = () => void client.prefetchQuery(quickRepliesHereQuery(conversation))

  const pick = (reply: QuickReply) => {
    const { current } = box
    if (!current || !open || !reply.here) return
    const { text, missing } = reply.here
    const end = open.from + text.length
    const blank = nextBlank(text, missing, 0)
    const select: [number, number] = blank ? [open.from + blank[0], open.from + blank[1]] : [end, end]
    setFound(null)
    onBlanks(missing)
    replaceIn(current, open.from, open.from + 1 + open.query.length, text, select, write)
    attach(conversation, reply.files)
    // A lost count harms nobody.
    void post(`/quick-replies/${reply.id}/use`).then(() => client.invalidateQueries({ queryKey: keys.quickReplies, refetchType: 'none' })).catch(() => undefined)
  }

  /** True when the list has used the key. */
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): boolean => {
    if (!open || event.nativeEvent.isComposing || event.shiftKey || !list.current?.press(event.key)) return false
    event.preventDefault()
    return true
  }
  return { open, active, setActive, list, look, close, warm, pick, onKeyDown }
}
