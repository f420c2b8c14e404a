import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { toFilter, type InboxSearch } from './filter'

/** The inbox's place: filter, open conversation, and the moves between them. */
export function useInbox() {
  const search: InboxSearch = useSearch({ strict: false })
  const { conversationId } = useParams({ strict: false })
  const navigate = useNavigate()
  const { view, status, sort, q, assignee, team, channel, priority, tag, m } = search
  const place = useMemo(() => ({ view, status, sort, q, assignee, team, channel, priority, tag }), [view, status, sort, q, assignee, team, channel, priority, tag])
  const filter = useMemo(() => toFilter(place), [place])

  const change = useCallback(
    (part: Partial<InboxSearch>) => void navigate({ to: '.', search: (old: InboxSearch) => ({ ...old, m: undefined, ...part }), replace: true }),
    [navigate],
  )
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
  return { filter, place, conversationId, target: m, change, open, close, addressOf }
}
