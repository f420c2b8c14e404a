import { useQuery } from '@tanstack/react-query'
import { AlarmClock, AtSign, Lock, Timer } from 'lucide-react'
import { memo, type MouseEvent } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { usersQuery } from '@/api/queries'
import type { Conversation, Priority } from '@/api/types'
import { StatusTick } from '@/features/thread/StatusTick'
import { useFormats } from '@/i18n/format'
import { useNow } from '@/live/clock'
import { Avatar } from '@/ui/Avatar'
import { ChannelMark } from '@/ui/ChannelMark'
import { closingSoon, WindowRing } from '@/ui/WindowRing'
import { cx } from '@/ui/cx'
import { TagChip } from '@/ui/TagChip'
import { UserText } from '@/ui/UserText'
import { When } from '@/ui/When'
import { kindIcons } from './kinds'

interface Props {
  conversation: Conversation
  selected: boolean
  /** Something here concerns the reader: a mention, or news of a conversation they follow. */
  news: boolean
  href: string
  /** Opens it; the same function for every row and render. */
  onOpen: (id: string) => void
  /** The person is about to open it. */
  onNear: (id: string) => void
}

const priorityMarks: Partial<Record<Priority, string>> = { urgent: 'bg-danger', high: 'bg-caution', medium: 'bg-info' }

/** One conversation in the list: who, what last, when, how long one may still answer, whose it is. An anchor of its own: the router's link looks at every change of address, in every row. */
export const ConversationRow = memo(function ConversationRow({ conversation, selected, news, href, onOpen, onNear }: Props) {
  const { t } = useTranslation()
  const { id } = conversation
  const { contact, channel, unread_count: unread, last_message: last, priority } = conversation
  const name = contact.name ?? contact.phone ?? t('contact.no_name')
  const mark = priorityMarks[priority]
  return (
    <a
      href={href}
      onClick={(event) => {
        if (isModified(event)) return
        event.preventDefault()
        onOpen(id)
      }}
      onPointerEnter={() => onNear(id)}
      onFocus={() => onNear(id)}
      aria-current={selected ? 'true' : undefined}
      className={cx('focus-inset relative flex h-full items-center gap-2.5 pe-3 ps-3.5', selected ? 'bg-selected' : 'hover:bg-hover')}
    >
      {mark && (
        <span className={cx('absolute start-0 inset-y-2 w-[3px] rounded-full', mark)}>
          <span className="sr-only">{t(`priority.${priority}`)}</span>
        </span>
      )}
      <WindowRing expiresAt={conversation.window_expires_at} size={38}>
        <Avatar name={name} color={contact.avatar_color} size={36} />
      </WindowRing>
      <span className="flex min-w-0 grow flex-col gap-0.5 in-data-[density=compact]:gap-0">
        <span className="flex items-center gap-1.5">
          <UserText className={cx('min-w-0 truncate text-strong', unread > 0 && 'font-semibold')}>{name}</UserText>
          <ChannelMark name={channel.name} />
          <MinutesLeft expiresAt={conversation.window_expires_at} />
          <span className="grow" />
          {conversation.last_message_at !== null && <When at={conversation.last_message_at} className={cx('shrink-0 text-xs', unread > 0 ? 'text-accent-ink' : 'text-faint')} />}
        </span>
        <span className="flex items-center gap-1.5">
          {last && <LastLine last={last} strong={unread > 0} />}
          <span className="grow" />
          {contact.tags.length > 0 && <Tags tags={contact.tags} />}
          {conversation.snoozed_until !== null && <Snoozed until={conversation.snoozed_until} />}
          {news && <News />}
          {conversation.assignee_id && <Owner id={conversation.assignee_id} />}
          {unread > 0 && <Unread count={unread} />}
        </span>
      </span>
    </a>
  )
})

/** A new tab or window is the browser's business. */
function isModified(event: MouseEvent): boolean {
  return event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey
}

function LastLine({ last, strong }: { last: NonNullable<Conversation['last_message']>; strong: boolean }) {
  const { t } = useTranslation()
  const Icon = last.direction === 'note' ? Lock : kindIcons[last.kind]
  return (
    <span className={cx('flex min-w-0 items-center gap-1 text-sm', strong ? 'text-ink' : 'text-muted')}>
      {last.direction === 'out' && <StatusTick status={last.status} />}
      {Icon && <Icon size={14} strokeWidth={1.75} aria-hidden className={cx('shrink-0', last.direction === 'note' && 'text-caution')} />}
      {last.direction === 'note' && <span className="sr-only">{t('thread.note')}</span>}
      <bdi dir="auto" className="truncate">{last.preview}</bdi>
    </span>
  )
}

/** Figures only when it becomes urgent: the ring tells the rest. */
function MinutesLeft({ expiresAt }: { expiresAt: number | null }) {
  const formats = useFormats()
  const left = (expiresAt ?? 0) - useNow()
  if (left <= 0 || left > closingSoon) return null
  return (
    <span aria-hidden className="inline-flex shrink-0 items-center gap-0.5 rounded-full bg-caution-soft pe-1.5 ps-1 text-xs text-caution-ink">
      <Timer size={11} strokeWidth={2.25} />
      {formats.span(left)}
    </span>
  )
}

function Owner({ id }: { id: string }) {
  const { t } = useTranslation()
  const { data: users } = useQuery(usersQuery)
  const user = users?.find((candidate) => candidate.id === id)
  if (!user) return null
  return (
    <span title={user.name} className="shrink-0">
      <span className="sr-only">{t('inbox.assigned_to', { name: user.name })}</span>
      <Avatar name={user.name} size={18} />
    </span>
  )
}

/** The first of the customer's tags; the others are a number, their names come with the pointer and are read out. */
function Tags({ tags }: { tags: Conversation['contact']['tags'] }) {
  const formats = useFormats()
  const [first, ...others] = tags
  const names = tags.map((tag) => tag.name).join(', ')
  if (!first) return null
  return (
    <span title={names} className="inline-flex shrink-0 items-center gap-1">
      <TagChip name={first.name} color={first.color} className="max-w-24" />
      {others.length > 0 && <span aria-hidden dir="ltr" className="text-xs text-muted">+{formats.number(others.length)}</span>}
      {others.length > 0 && <span className="sr-only">{others.map((tag) => tag.name).join(', ')}</span>}
    </span>
  )
}

/** When it comes back. */
function Snoozed({ until }: { until: number }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const text = t('inbox.snoozed_until', { time: formats.moment(until) })
  return (
    <span title={text} className="shrink-0 text-muted">
      <AlarmClock size={14} strokeWidth={1.75} aria-hidden />
      <span className="sr-only">{text}</span>
    </span>
  )
}

/** Somebody mentioned the reader here, or a conversation they follow has news. */
function News() {
  const { t } = useTranslation()
  return (
    <span title={t('inbox.news')} className="grid size-4.5 shrink-0 place-items-center rounded-full bg-caution-soft text-caution-ink">
      <AtSign size={12} strokeWidth={2.25} aria-hidden />
      <span className="sr-only">{t('inbox.news')}</span>
    </span>
  )
}

function Unread({ count }: { count: number }) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <span className="inline-grid h-4.5 min-w-4.5 shrink-0 place-items-center rounded-full bg-accent px-1 text-xs font-semibold text-on-accent">
      <span aria-hidden className="leading-none">{count > 99 ? `${formats.number(99)}+` : formats.number(count)}</span>
      <span className="sr-only">{t('inbox.unread_count', { count })}</span>
    </span>
  )
}
