import { Check, CirclePause, TriangleAlert, Unplug } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Channel } from '@/api/types'
import { Pill } from '@/ui/Pill'

const looks = {
  active: { icon: Check, tone: 'positive' },
  paused: { icon: CirclePause, tone: 'caution' },
  error: { icon: TriangleAlert, tone: 'danger' },
  disconnected: { icon: Unplug, tone: 'danger' },
} as const

/** How a channel is. */
export function ChannelState({ channel }: { channel: Channel }) {
  const { t } = useTranslation()
  const { icon, tone } = looks[channel.status] ?? looks.error
  return <Pill icon={icon} tone={tone}>{t(`channel.status.${channel.status}`)}</Pill>
}
