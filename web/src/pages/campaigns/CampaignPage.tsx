import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useTranslation } from '@/i18n/useTranslation'
import { channelsQuery, templateQuery } from '@/api/queries'
import { useSum } from '@/features/cost/amount'
import { fromTemplate } from '@/features/template/draft'
import { TemplateBubble } from '@/features/template/TemplateBubble'
import { useFormats } from '@/i18n/format'
import { Figure } from '@/ui/Figure'
import { Loading } from '@/ui/Loading'
import { PageError } from '@/ui/NotHere'
import { PageFrame } from '@/ui/PageFrame'
import { Pill } from '@/ui/Pill'
import { Section } from '@/ui/Section'
import { Actions } from './Actions'
import { StartSection } from './StartSection'
import { Recipients } from './Recipients'
import { campaignQuery, gone, tones, type Campaign } from './model'

/** One campaign: before it begins what it will take, then how far it has come and why some got nothing. */
export function CampaignPage() {
  const { t } = useTranslation()
  const { campaignId } = useParams({ from: '/app/campaigns/$campaignId' })
  const query = useQuery(campaignQuery(campaignId))
  const campaign = query.data
  if (query.isError && !campaign) return <PageError error={query.error} onRetry={() => void query.refetch()} to="/campaigns" label={t('campaigns.title')} />
  if (!campaign) return <Loading />
  const waits = campaign.status === 'draft' || campaign.status === 'scheduled'
  return (
    <PageFrame
      title={campaign.name}
      mark={<Pill tone={tones[campaign.status]}>{t(`campaigns.status.${campaign.status}`)}</Pill>}
      actions={<Actions campaign={campaign} />}
    >
      {campaign.stopped_for && <p role="note" className="mb-4 rounded-lg bg-caution-soft p-3 text-caution-ink">{t(`campaigns.stopped.${stopWord(campaign.stopped_for)}`)}</p>}
      {waits && <StartSection campaign={campaign} />}
      {campaign.progress.recipients > 0 && <Numbers campaign={campaign} />}
      {campaign.progress.recipients > 0 && <Recipients campaign={campaign} />}
      <About campaign={campaign} />
    </PageFrame>
  )
}

const stopWord = (code: string) => (code === 'template_gone' || code === 'template_not_approved' || code === 'channel_gone' ? code : 'other')

function Numbers({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const sum = useSum()
  const { progress } = campaign
  const out = gone(progress)
  const share = (count: number) => (out > 0 ? ` (${formats.percent(count / out)})` : '')
  const arrived = progress.delivered + progress.read
  return (
    <Section title={t('campaigns.progress')} hint={campaign.planned ? undefined : t('campaigns.still_looking')}>
      <dl className="grid grid-cols-2 gap-4 md:grid-cols-5">
        <Figure label={t('campaigns.gone')} definition={t('campaigns.gone_definition')}>{t('campaigns.progress_short', { gone: formats.number(out), all: formats.number(progress.recipients) })}</Figure>
        <Figure label={t('campaigns.arrived')} definition={t('campaigns.arrived_definition')}>{formats.number(arrived)}{share(arrived)}</Figure>
        <Figure label={t('campaigns.state.read')} definition={t('campaigns.read_definition')}>{formats.number(progress.read)}{share(progress.read)}</Figure>
        <Figure label={t('campaigns.replied')} definition={t('campaigns.replied_definition')}>{formats.number(progress.replied)}{share(progress.replied)}</Figure>
        {campaign.cost && <Figure label={t('cost.so_far')} definition={t('campaigns.cost_definition')}>{sum(campaign.cost)}</Figure>}
      </dl>
    </Section>
  )
}

function About({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const channels = useQuery(channelsQuery)
  const template = useQuery({ ...templateQuery(campaign.template.id), retry: false })
  const { audience } = campaign
  const channel = channels.data?.find(({ id }) => id === campaign.channel_id)?.name
  const lines: [string, string | null][] = [
    [t('campaigns.template'), `\u2066${campaign.template.name}\u2069 · ${formats.language(campaign.template.language)}`],
    [t('campaigns.whom'), audience.kind === 'tag' ? t('campaigns.audience_of.tag', { tag: `\u2068${audience.tag ?? ''}\u2069` }) : audience.kind === 'list' ? t('campaigns.audience_of.list', { count: audience.count ?? 0, shown: formats.number(audience.count ?? 0) }) : t('campaigns.audience_of.channel')],
    [t('templates.channel'), channel ?? null],
    [t('campaigns.started'), campaign.started_at === null ? null : formats.moment(campaign.started_at)],
    [t('campaigns.ended'), campaign.finished_at === null ? null : formats.moment(campaign.finished_at)],
  ]
  return (
    <Section title={t('campaigns.about')}>
      <div className="flex flex-wrap items-start gap-6">
        <dl className="grid min-w-60 grow grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5">
          {lines.filter(([, value]) => value !== null).map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-muted">{name}</dt>
              <dd className="wrap-anywhere text-strong"><bdi>{value}</bdi></dd>
            </div>
          ))}
        </dl>
        {template.data && <TemplateBubble draft={fromTemplate(template.data)} />}
      </div>
    </Section>
  )
}
