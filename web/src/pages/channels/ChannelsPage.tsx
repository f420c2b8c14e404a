import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { channelsQuery } from '@/api/queries'
import { useMe } from '@/features/frame/useMe'
import { PracticeOffer } from '@/features/practice/PracticeOffer'
import { Button } from '@/ui/Button'
import { ChannelMark } from '@/ui/ChannelMark'
import { Empty } from '@/ui/Empty'
import { ErrorNote } from '@/ui/ErrorNote'
import { Example } from '@/ui/Example'
import { Loading } from '@/ui/Loading'
import { PageFrame } from '@/ui/PageFrame'
import { Pill } from '@/ui/Pill'
import { Phone } from '@/ui/Phone'
import { UserText } from '@/ui/UserText'
import { When } from '@/ui/When'
import { AddChannel } from './AddChannel'
import { ChannelState } from './ChannelState'

/** The numbers customers write to. */
export function ChannelsPage() {
  const { t } = useTranslation()
  const query = useQuery(channelsQuery)
  const [adding, setAdding] = useState(false)
  const manages = useMe().permissions.includes('channel.manage')
  const add = <Button look="primary" onPress={() => setAdding(true)}><Plus size={16} aria-hidden />{t('channels.add')}</Button>
  return (
    <PageFrame title={t('channels.title')} lead={t('channels.lead')} actions={manages && query.data && query.data.length > 0 && add}>
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Loading rows={2} />}
      {query.data?.length === 0 && <Empty ghost={<Example of="channels" />} title={t('channels.none_title')} text={manages ? t('channels.none_text') : t('error.forbidden')}>{manages && add}</Empty>}
      <ul aria-label={t('channels.title')} className="border-t border-line empty:hidden">
        {query.data?.map((channel) => (
          <li key={channel.id} className="border-b border-line">
            <Link to="/channels/$channelId" params={{ channelId: channel.id }} className="focus-inset flex min-h-18 items-center gap-4 px-1 py-3 hover:bg-hover">
              <ChannelMark name={t('channels.whatsapp')} size={22} />
              <span className="min-w-0 grow">
                <UserText className="block truncate font-semibold text-strong">{channel.name}</UserText>
                <span className="block text-sm text-muted">
                  {channel.display_phone && <Phone value={channel.display_phone} />}
                  {channel.last_event_at !== null && <>{channel.display_phone && ' · '}{t('channels.last_event')} <When at={channel.last_event_at} /></>}
                </span>
              </span>
              {channel.provider === 'practice' ? <Pill tone="info">{t('frame.practice')}</Pill> : <ChannelState channel={channel} />}
            </Link>
          </li>
        ))}
      </ul>
      <div className="mt-4"><PracticeOffer /></div>
      <AddChannel isOpen={adding} onClose={() => setAdding(false)} />
    </PageFrame>
  )
}
