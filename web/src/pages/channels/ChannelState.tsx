import { Check, CirclePause, TriangleAlert, Unplug, Wrench } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Channel } from '@/api/types'
import { Pill } from '@/ui/Pill'

const looks = {
  active: { icon: Check, tone: 'positive' },
  paused: { icon: CirclePause, tone: 'caution' },
  error: { icon: TriangleAlert, tone: 'danger' },
  disconnected: { icon: Unplug, tone: 'danger' },
  blocked: { icon: Wrench, tone: 'danger' },
} as const

/** How a channel is. One that is switched on and cannot work is not called active. */
export function ChannelState({ channel }: { channel: Channel }) {
  const { t } = useTranslation()
  const state = channel.status === 'active' && channel.blocked_by.length > 0 ? 'blocked' : channel.status
  const { icon, tone } = looks[state] ?? looks.error
  return <Pill icon={icon} tone={tone}>{t(`channel.status.${state}`)}</Pill>
}
