import { useQuery } from '@tanstack/react-query'
import { ArrowRightLeft } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { channelsQuery } from '@/api/queries'
import { keys } from '@/api/keys'
import type { Conversation, Message } from '@/api/types'
import { isolated } from '@/i18n/direction'

/** Says that a message went over the standby route: the customer sees it from that number. */
export function OverRoute({ message }: { message: Message }) {
  const { t } = useTranslation()
  const conversation = useQuery<Conversation>({ queryKey: keys.conversation(message.conversation_id), enabled: false }).data
  const elsewhere = message.direction === 'out' && conversation !== undefined && conversation.channel.id !== message.channel_id
  const channels = useQuery({ ...channelsQuery, enabled: elsewhere }).data
  if (!elsewhere) return null
  const name = channels?.find((channel) => channel.id === message.channel_id)?.name
  return (
    <span className="inline-flex min-w-0 items-center gap-1">
      <ArrowRightLeft size={12} strokeWidth={2} aria-hidden className="shrink-0" />
      {name ? <span className="truncate">{t('route.went_over', { name: isolated(name) })}</span> : t('route.went_over_standby')}
    </span>
  )
}
