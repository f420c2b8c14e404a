import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { memo, useEffect } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { useAction } from '@/actions/registry'
import { post } from '@/api/client'
import { keys } from '@/api/keys'
import { channelsQuery, conversationQuery, countsQuery } from '@/api/queries'
import type { Conversation } from '@/api/types'
import { Composer } from '@/features/composer/Composer'
import { useMe } from '@/features/frame/useMe'
import { pageWords } from '@/i18n'
import { putConversation } from '@/live/cache'
import { ErrorNote } from '@/ui/ErrorNote'
import { Loading } from '@/ui/Loading'
import { Carrier } from './carrier'
import { Thread } from './Thread'
import { ThreadHeader } from './ThreadHeader'
import { TypingLine } from './TypingLine'
import { useLooking } from './useLooking'

interface Props {
  id: string
  target?: string
  onClose: () => void
}

/** One conversation: header, story, composer. */
export const ThreadPane = memo(function ThreadPane({ id, target, onClose }: Props) {
  const { t } = useTranslation()
  const query = useQuery(conversationQuery(id))
  const { data } = query
  const carrier = useQuery(channelsQuery).data?.find((one) => one.id === data?.channel.id)
  useReadMark(data)
  useSurvivor(id, data?.id)
  useLooking(id)
  const client = useQueryClient()
  const me = useMe()
  useAction('follow', () => void Promise.all([import('@/features/inbox/late/follow'), pageWords()]).then(([module]) => module.toggleFollowing(client, id, me.user.id)), me.permissions.includes('inbox.write'))
  if (query.isError && !data) return <div className="p-4"><ErrorNote error={query.error} onRetry={() => void query.refetch()} /></div>
  if (!data) return <Loading />
  const customer = data.contact.name ?? data.contact.phone ?? t('contact.no_name')
  return (
    <section aria-label={t('thread.title', { name: customer })} className="flex h-full min-h-0 flex-col">
      <ThreadHeader conversation={data} onClose={onClose} />
      <Carrier value={carrier}>
        <Thread key={id} id={id} customer={customer} target={target} />
        <TypingLine conversation={id} />
        <Composer key={`composer-${id}`} conversation={data} />
      </Carrier>
    </section>
  )
})

/** The address of a conversation that was merged leads on to the one it is part of. */
function useSurvivor(id: string, now: string | undefined): void {
  const navigate = useNavigate()
  useEffect(() => {
    if (now && now !== id) void navigate({ to: '/inbox/$conversationId', params: { conversationId: now }, search: (old: object) => old, replace: true })
  }, [id, now, navigate])
}

/** Who passes by has not looked, and the words are painted before the list is drawn anew for what was read, in milliseconds. */
const glance = 100

/** A conversation is read when a person looks at it: the tab must be in front. */
function useReadMark(conversation: Conversation | undefined): void {
  const client = useQueryClient()
  const me = useMe()
  const unread = conversation?.unread_count ?? 0
  const { data: counts } = useQuery(countsQuery)
  const news = conversation !== undefined && (counts?.mentioned.includes(conversation.id) ?? false)
  useEffect(() => {
    if (!conversation || (unread === 0 && !news)) return
    const mark = () => {
      if (document.hidden) return
      // As it is by now: it may have been resolved or given away meanwhile.
      const now = client.getQueryData<Conversation>(keys.conversation(conversation.id)) ?? conversation
      if (unread > 0) putConversation(client, { ...now, unread_count: 0 }, me.user.id)
      void post(`/conversations/${conversation.id}/read`)
        .then(() => client.invalidateQueries({ queryKey: keys.counts }))
        .catch(() => undefined)
    }
    const timer = setTimeout(mark, glance)
    document.addEventListener('visibilitychange', mark)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', mark)
    }
    // Only a new unread count is a reason to mark again.
    // eslint-disable-next-line react/exhaustive-deps
  }, [conversation?.id, unread, news, client, me.user.id])
}
