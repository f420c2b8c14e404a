import { useLocation, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { toFilter, type InboxSearch } from './filter'

/** What the list shows, and changing it. Who needs no more than this is not drawn again when another conversation is opened. */
export function useShown() {
  const search: InboxSearch = useSearch({ strict: false })
  const navigate = useNavigate()
  const { view, status, sort, q, assignee, team, channel, priority, tag } = search
  const place = useMemo(() => ({ view, status, sort, q, assignee, team, channel, priority, tag }), [view, status, sort, q, assignee, team, channel, priority, tag])
  const filter = useMemo(() => toFilter(place), [place])
  const change = useCallback(
    (part: Partial<InboxSearch>) => void navigate({ to: '.', search: (old: InboxSearch) => ({ ...old, m: undefined, ...part }), replace: true }),
    [navigate],
  )
  return { filter, place, change }
}

/** The inbox's place: filter, open conversation, and the moves between them. */
export function useInbox() {
  const shown = useShown()
  const { place } = shown
  // Both as the address says: the message of one address with the conversation of another would lead astray.
  const target = useLocation({ select: ({ search }) => (search as InboxSearch).m })
  const conversationId = useOpened()
  const navigate = useNavigate()
  const open = useCallback(
    (id: string, replace?: boolean) => void navigate({ to: '/inbox/$conversationId', params: { conversationId: id }, search: (old: InboxSearch) => ({ ...old, m: undefined }), replace: replace === true }),
    [navigate],
  )
  // Rows are plain anchors; the address keeps the filter, so that it opens in a new tab as it stands here.
  const addressOf = useMemo(() => {
    const kept = new URLSearchParams(Object.entries(place).flatMap(([name, value]) => (value ? [[name, value]] : []))).toString()
    return (id: string) => `/inbox/${id}${kept ? `?${kept}` : ''}`
  }, [place])
  const close = useCallback(() => void navigate({ to: '/inbox', search: (old: InboxSearch) => ({ ...old, m: undefined }) }), [navigate])
  return { ...shown, conversationId, target, open, close, addressOf }
}

/**
 * The open conversation, as the address says. The router tells its parameters once it has matched and loaded the address,
 * some milliseconds after a key was pressed; they count where the address leads out of the inbox, until the page goes.
 */
function useOpened(): string | undefined {
  const { conversationId } = useParams({ strict: false })
  const path = useLocation({ select: ({ pathname }) => pathname })
  const inbox = /^\/inbox(?:\/([^/]+))?\/?$/.exec(path)
  return inbox ? inbox[1] : conversationId
}
