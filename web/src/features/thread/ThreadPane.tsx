import { useQuery, useQueryClient } from '@tanstack/react-query'
import { memo, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { post } from '@/api/client'
import { keys } from '@/api/keys'
import { conversationQuery } from '@/api/queries'
import type { Conversation } from '@/api/types'
import { Composer } from '@/features/composer/Composer'
import { useMe } from '@/features/frame/useMe'
import { putConversation } from '@/live/cache'
import { ErrorNote } from '@/ui/ErrorNote'
import { Loading } from '@/ui/Loading'
import { Thread } from './Thread'
import { ThreadHeader } from './ThreadHeader'
import { TypingLine } from './TypingLine'

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
  useReadMark(data)
  if (query.isError && !data) return <div className="p-4"><ErrorNote error={query.error} onRetry={() => void query.refetch()} /></div>
  if (!data) return <Loading />
  const customer = data.contact.name ?? data.contact.phone ?? t('contact.no_name')
  return (
    <section aria-label={t('thread.title', { name: customer })} className="flex h-full min-h-0 flex-col">
      <ThreadHeader conversation={data} onClose={onClose} />
      <Thread key={id} id={id} customer={customer} target={target} />
      <TypingLine conversation={id} />
      <Composer key={`composer-${id}`} conversation={data} />
    </section>
  )
})

/** A conversation is read when a person looks at it: the tab must be in front. */
function useReadMark(conversation: Conversation | undefined): void {
  const client = useQueryClient()
  const me = useMe()
  const unread = conversation?.unread_count ?? 0
  useEffect(() => {
    if (!conversation || unread === 0) return
    const mark = () => {
      if (document.hidden) return
      putConversation(client, { ...conversation, unread_count: 0 }, me.user.id)
      void post(`/conversations/${conversation.id}/read`)
        .then(() => client.invalidateQueries({ queryKey: keys.counts }))
        .catch(() => undefined)
    }
    mark()
    document.addEventListener('visibilitychange', mark)
    return () => document.removeEventListener('visibilitychange', mark)
    // Only a new unread count is a reason to mark again.
    // eslint-disable-next-line react/exhaustive-deps
  }, [conversation?.id, unread, client, me.user.id])
}
