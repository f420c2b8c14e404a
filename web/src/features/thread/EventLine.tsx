import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { usersQuery } from '@/api/queries'
import type { Message } from '@/api/types'
import { useFormats } from '@/i18n/format'

const known = ['opened', 'reopened', 'resolved', 'pending', 'snoozed', 'assigned', 'unassigned', 'priority', 'opted_in', 'opted_out'] as const

/** What happened to the conversation, as one quiet line; the server's own words where we have none. */
export function EventLine({ message }: { message: Message }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { data: users } = useQuery(usersQuery)
  const { content } = message
  const raw = content.type === 'event' || content.type === 'system' ? content.event : ''
  const name = known.find((candidate) => candidate === raw.split('.').at(-1))
  const data = content.type === 'event' ? content.data : null
  const assignee = users?.find((user) => user.id === data?.assignee_id)?.name
  const who = message.author.name ?? t('thread.someone')
  let text = message.preview
  if (name === 'assigned') text = assignee ? t('event.assigned', { who, name: assignee }) : text
  else if (name === 'priority') text = text || t('event.priority', { who })
  else if (name) text = t(`event.${name}`, { who })
  else if (content.type === 'system') text = content.body || text
  return (
    <p className="flex items-baseline justify-center gap-1.5 text-center text-xs text-muted">
      <bdi dir="auto">{text}</bdi>
      <time dateTime={new Date(message.at).toISOString()} title={formats.exact(message.at)} className="shrink-0 text-faint">{formats.time(message.at)}</time>
    </p>
  )
}
