import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Message } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { useFormats } from '@/i18n/format'
import { eventText } from './eventText'

/** What happened to the conversation, as one quiet line. */
export const EventLine = memo(function EventLine({ message }: { message: Message }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const me = useMe().user.id
  return (
    <p id={`message-${message.id}`} className="flex items-baseline justify-center gap-1.5 text-center text-xs text-muted">
      <bdi dir="auto">{eventText(message, { t, formats, me })}</bdi>
      <time dateTime={new Date(message.at).toISOString()} title={formats.exact(message.at)} className="shrink-0 text-faint">{formats.time(message.at)}</time>
    </p>
  )
})
