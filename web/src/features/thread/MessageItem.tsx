import { memo } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Message, MessageStatus } from '@/api/types'
import { MessageContent } from '@/features/content/MessageContent'
import { useFormats } from '@/i18n/format'
import { isHere } from '@/live/outbox'
import { cx } from '@/ui/cx'
import { DeliveryNote } from './DeliveryNote'
import { MessageTools } from './MessageTools'
import { OverRoute } from './OverRoute'
import { ReplyQuote } from './ReplyQuote'
import { StatusTick } from './StatusTick'

interface Props {
  message: Message
  /** The customer's name. */
  customer: string
  who: string
  isFirst: boolean
  isLast: boolean
  nextStatus?: MessageStatus
  marked: boolean
}

const bare = new Set(['sticker'])

function shape(message: Message, isFirst: boolean, isLast: boolean): string {
  const own = message.direction !== 'in'
  const corners = own
    ? cx('rounded-lg', !isFirst && 'rounded-se-sm', !isLast && 'rounded-ee-sm')
    : cx('rounded-lg', !isFirst && 'rounded-ss-sm', !isLast && 'rounded-es-sm')
  if (message.content.type === 'media' && bare.has(message.content.kind)) return ''
  if (message.direction === 'note') return cx(corners, 'border border-caution-line bg-caution-soft px-3 py-1.5')
  const ground = own ? 'border-bubble-out-line bg-bubble-out' : 'border-line bg-raised'
  return cx(corners, 'border px-3 py-1.5', ground)
}

/** One message: quote, content, reactions, its time and state, and what to do when it failed. */
export const MessageItem = memo(function MessageItem({ message, customer, who, isFirst, isLast, nextStatus, marked }: Props) {
  const { t } = useTranslation()
  const formats = useFormats()
  const own = message.direction === 'out'
  const trailing = message.direction !== 'in'
  const showMeta = isLast || (own && nextStatus !== message.status)
  return (
    <article
      id={`message-${message.id}`}
      aria-label={t('thread.message_label', { who, time: formats.time(message.at) })}
      data-status={message.status}
      tabIndex={-1}
      className={cx('group/message relative flex max-w-[min(86%,600px)] flex-col scroll-my-24', trailing ? 'items-end' : 'items-start')}
    >
      <div className={cx('flex max-w-full items-center gap-1', trailing && 'flex-row-reverse')}>
        <div className={cx('relative min-w-0', shape(message, isFirst, isLast), marked && 'outline-2 outline-offset-2 outline-caution')}>
          {message.reply_to && <ReplyQuote quote={message.reply_to} name={customer} />}
          {message.revoked_at ? (
            <p className="text-muted italic">{t('thread.revoked')}</p>
          ) : message.status === 'withdrawn' ? (
            <p className="text-muted italic">{message.error ? t('thread.overtaken') : t('thread.withdrawn')}</p>
          ) : (
            <MessageContent message={message} />
          )}
        </div>
        <MessageTools message={message} />
      </div>
      {message.reactions.length > 0 && <Reactions message={message} />}
      {showMeta && (
        <div className="flex items-center gap-1 px-1 pt-0.5 text-xs text-faint">
          {message.edited_at !== null && <span>{t('thread.edited')} ·</span>}
          <time dateTime={new Date(message.at).toISOString()} title={formats.exact(message.at)}>{formats.time(message.at)}</time>
          {own && <StatusTick status={isHere(message) && message.status !== 'scheduled' ? 'here' : message.status} />}
          {own && <OverRoute message={message} />}
        </div>
      )}
      {trailing && <DeliveryNote message={message} />}
    </article>
  )
})

function Reactions({ message }: { message: Message }) {
  const { t } = useTranslation()
  return (
    <div className="z-[1] -mt-1.5 flex gap-1 px-2">
      {message.reactions.map((reaction) => (
        <span key={`${reaction.by}${reaction.emoji}`} role="img" aria-label={t(`thread.reaction.${reaction.by}`, { emoji: reaction.emoji })} className="rounded-full border border-line bg-raised px-1.5 text-sm leading-5.5">
          {reaction.emoji}
        </span>
      ))}
    </div>
  )
}
