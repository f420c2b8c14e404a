// "@" in a private note: where it stands, whom it may mean, and whom the finished note names.
import { useQuery } from '@tanstack/react-query'
import { useState, type KeyboardEvent, type RefObject } from 'react'
import { usersQuery } from '@/api/queries'
import type { Id, User } from '@/api/types'

const most = 6
/** A name is not longer; what follows is the note going on. */
const longest = 40

/** The "@" before the caret and what was typed after it. */
export function mentionAt(text: string, caret: number): { from: number; query: string } | null {
  const from = text.lastIndexOf('@', caret - 1)
  if (from < 0 || caret - from > longest) return null
  const before = text[from - 1]
  const query = text.slice(from + 1, caret)
  // An e-mail address is no mention.
  if ((before !== undefined && !/[\s([{"']/.test(before)) || /[\n@]/.test(query)) return null
  return { from, query }
}

const plain = (text: string) => text.normalize('NFKD').replaceAll(/\p{Mn}/gu, '').toLocaleLowerCase()

/** Whose name, or a word of it, begins like this; those first whose whole name does. */
export function candidates(users: readonly User[], query: string): User[] {
  const wanted = plain(query)
  const rank = (user: User) => {
    const name = plain(user.name)
    if (name.startsWith(wanted)) return 0
    return name.split(/\s+/).some((word) => word.startsWith(wanted)) ? 1 : 2
  }
  return users
    .filter((user) => !user.disabled && rank(user) < 2)
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
    .slice(0, most)
}

/** The users that a note names, each once. Of two names that begin alike the longer one is meant. */
export function mentionsIn(text: string, users: readonly User[]): Id[] {
  const byLength = [...users].sort((a, b) => b.name.length - a.name.length)
  const found = new Set<Id>()
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const rest = text.slice(at + 1)
    const user = byLength.find(({ name, disabled }) => !disabled && rest.startsWith(name))
    if (user) found.add(user.id)
  }
  return [...found]
}

export interface Mentions {
  /** Who is offered now; empty while nobody is. */
  offered: readonly User[]
  active: number
  choose: (user: User) => void
  /** Where the caret is now. */
  moved: () => void
  /** True when the key was for the list of names. */
  onKeyDown: (event: KeyboardEvent) => boolean
  of: (text: string) => Id[]
}

/** Offers names while somebody types "@" into the box. */
export function useMentions(enabled: boolean, text: string, box: RefObject<HTMLTextAreaElement | null>, write: (text: string) => void): Mentions {
  const { data: users = [] } = useQuery(usersQuery)
  const [caret, setCaret] = useState(0)
  const [active, setActive] = useState(0)
  /** The "@" whose list was closed by Escape. */
  const [closed, setClosed] = useState(-1)
  const place = enabled ? mentionAt(text, caret) : null
  const offered = place && place.from !== closed ? candidates(users, place.query) : []
  const at = Math.min(active, Math.max(0, offered.length - 1))
  const moved = () => {
    setCaret(box.current?.selectionStart ?? 0)
    if (!place) setClosed(-1)
  }
  const choose = (user: User) => {
    if (!place) return
    const head = `${text.slice(0, place.from)}@${user.name} `
    write(head + text.slice(caret).replace(/^ /, ''))
    setActive(0)
    setCaret(head.length)
    requestAnimationFrame(() => {
      box.current?.focus()
      box.current?.setSelectionRange(head.length, head.length)
    })
  }
  const onKeyDown = (event: KeyboardEvent): boolean => {
    if (!place || offered.length === 0 || event.nativeEvent.isComposing) return false
    const user = offered[at]
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') setActive((at + (event.key === 'ArrowDown' ? 1 : offered.length - 1)) % offered.length)
    else if ((event.key === 'Enter' || event.key === 'Tab') && user) choose(user)
    else if (event.key === 'Escape') setClosed(place.from)
    else return false
    event.preventDefault()
    return true
  }
  return { offered, active: at, choose, moved, onKeyDown, of: (note) => mentionsIn(note, users) }
}
