import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { useMe } from '@/features/frame/useMe'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { Empty } from '@/ui/Empty'
import { ErrorNote } from '@/ui/ErrorNote'
import { Example } from '@/ui/Example'
import { Loading } from '@/ui/Loading'
import { PageFrame } from '@/ui/PageFrame'
import { Pill } from '@/ui/Pill'
import { UserText } from '@/ui/UserText'
import { When } from '@/ui/When'
import { campaignListQuery, gone, tones, type Campaign } from './model'
import { ProgressBar } from './ProgressBar'

/** One template to many: what is prepared, under way and over, each with how far it has come. */
export function CampaignsPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const allowed = useMe().permissions.includes('campaign.manage')
  const query = useInfiniteQuery({ ...campaignListQuery, enabled: allowed })
  const items = query.data?.pages.flatMap((page) => page.items) ?? []
  const add = <Button look="primary" onPress={() => void navigate({ to: '/campaigns/new' })}><Plus size={16} aria-hidden />{t('campaigns.new')}</Button>
  if (!allowed) return <PageFrame title={t('campaigns.title')}><p className="text-muted">{t('campaigns.not_allowed')}</p></PageFrame>
  return (
    <PageFrame title={t('campaigns.title')} lead={t('campaigns.lead')} actions={items.length > 0 && add}>
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Loading rows={3} />}
      {query.isSuccess && items.length === 0 && <Empty ghost={<Example of="campaigns" />} title={t('campaigns.none_title')} text={t('campaigns.none_text')}>{add}</Empty>}
      {items.length > 0 && (
        <ul aria-label={t('campaigns.title')} className="border-t border-line">
          {items.map((campaign) => <Row key={campaign.id} campaign={campaign} />)}
        </ul>
      )}
      {query.hasNextPage && <Button className="mt-4" onPress={() => void query.fetchNextPage()} isDisabled={query.isFetchingNextPage}>{t('common.more')}</Button>}
    </PageFrame>
  )
}

function Row({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { progress } = campaign
  return (
    <li className="border-b border-line">
      <Link to="/campaigns/$campaignId" params={{ campaignId: campaign.id }} className="focus-inset block px-1 py-3 hover:bg-hover">
        <span className="flex items-center gap-3">
          <UserText className="min-w-0 grow truncate font-semibold text-strong">{campaign.name}</UserText>
          <Pill tone={tones[campaign.status]}>{t(`campaigns.status.${campaign.status}`)}</Pill>
        </span>
        <span className="mt-0.5 flex flex-wrap items-baseline gap-x-3 text-sm text-muted">
          <bdi dir="ltr" className="truncate">{campaign.template.name}</bdi>
          {campaign.status === 'scheduled' && campaign.scheduled_at !== null ? <span>{t('campaigns.begins', { at: formats.moment(campaign.scheduled_at) })}</span> : <When at={campaign.started_at ?? campaign.created_at} />}
          {progress.recipients > 0 && <span className="ms-auto tabular-nums">{t('campaigns.progress_short', { gone: formats.number(gone(progress)), all: formats.number(progress.recipients) })}</span>}
        </span>
        {progress.recipients > 0 && <span className="mt-2 block"><ProgressBar progress={progress} slim /></span>}
      </Link>
    </li>
  )
}
