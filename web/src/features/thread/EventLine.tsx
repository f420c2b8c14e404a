import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Message } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { useFormats } from '@/i18n/format'
import { eventText } from './eventText'

/** What happened to the conversation, as one quiet line. */
export const EventLine = memo(function EventLine({ message }: { message: Message }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const me = useMe().user.id
  const other = otherPart(message)
  return (
    <p id={`message-${message.id}`} className="flex items-baseline justify-center gap-1.5 text-center text-xs text-muted">
      <bdi dir="auto">{eventText(message, { t, formats, me })}</bdi>
      {other && <Link to="/inbox/$conversationId" params={{ conversationId: other }} className="shrink-0 underline underline-offset-2">{t('event.open_part')}</Link>}
      <time dateTime={new Date(message.at).toISOString()} title={formats.exact(message.at)} className="shrink-0 text-faint">{formats.time(message.at)}</time>
    </p>
  )
})

/** The conversation that the other part of a split thread is. */
function otherPart({ content }: Message): string | null {
  if (content.type !== 'event' || (content.event !== 'split_to' && content.event !== 'split_from')) return null
  const { to, from } = (content.data ?? {}) as { to?: unknown; from?: unknown }
  const id = to ?? from
  return typeof id === 'string' ? id : null
}
