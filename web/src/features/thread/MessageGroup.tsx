import { Code, Cog, Lock, Megaphone, Smartphone, type LucideIcon } from 'lucide-react'
import { memo } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Message } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { cx } from '@/ui/cx'
import { UserText } from '@/ui/UserText'
import { MessageItem } from './MessageItem'

interface Props {
  messages: [Message, ...Message[]]
  /** The customer's name. */
  customer: string
  marked?: string
}

const authorIcons: Partial<Record<Message['author']['kind'], LucideIcon>> = { rule: Cog, system: Cog, api: Code, phone_app: Smartphone, campaign: Megaphone }

/** One author's run: the customer at the leading side, the team at the trailing side, its writer named when it was not me. */
export const MessageGroup = memo(function MessageGroup({ messages, customer, marked }: Props) {
  const { t } = useTranslation()
  const me = useMe()
  const [first] = messages
  const own = first.direction !== 'in'
  const { author } = first
  const Icon = first.direction === 'note' ? Lock : authorIcons[author.kind]
  const mine = author.kind === 'user' && author.id === me.user.id
  const label = author.kind === 'phone_app' ? t('thread.author.phone_app') : (author.name ?? (own ? t(`thread.author.${author.kind}`) : ''))
  const who = first.direction === 'in' ? customer : mine ? t('thread.you') : label
  return (
    <div className={cx('flex flex-col gap-0.5', own ? 'items-end' : 'items-start')}>
      {own && (!mine || first.direction === 'note') && (
        <span className="flex items-center gap-1 px-1 text-xs text-muted">
          {Icon && <Icon size={12} strokeWidth={2} aria-hidden className={first.direction === 'note' ? 'text-caution' : undefined} />}
          {first.direction === 'note' && <span>{t('thread.note')} ·</span>}
          <UserText>{who}</UserText>
        </span>
      )}
      {messages.map((message, index) => (
        <MessageItem
          key={message.client_id ?? message.id}
          message={message}
          customer={customer}
          who={who}
          isFirst={index === 0}
          isLast={index === messages.length - 1}
          nextStatus={messages[index + 1]?.status}
          marked={marked === message.id}
        />
      ))}
    </div>
  )
})
