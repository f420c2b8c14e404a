import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { MoreHorizontal, Stethoscope } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { patch, post, remove } from '@/api/client'
import { keys } from '@/api/keys'
import { channelsQuery } from '@/api/queries'
import type { Channel, Finding } from '@/api/types'
import { Definitions } from '@/features/contact/DetailList'
import { useMe } from '@/features/frame/useMe'
import { isolated } from '@/i18n/direction'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { Confirm } from '@/ui/Confirm'
import { ErrorNote } from '@/ui/ErrorNote'
import { errorText } from '@/ui/errors'
import { Findings } from '@/ui/Findings'
import { IconButton } from '@/ui/IconButton'
import { Loading } from '@/ui/Loading'
import { NotHere, PageError } from '@/ui/NotHere'
import { Menu } from '@/ui/Menu'
import { PageFrame } from '@/ui/PageFrame'
import { Phone } from '@/ui/Phone'
import { Section } from '@/ui/Section'
import { toast } from '@/ui/toast'
import { When } from '@/ui/When'
import { CallsSection } from './CallsSection'
import { ChannelState } from './ChannelState'
import { DeliverySection } from './DeliverySection'
import { LinkSection } from './LinkSection'
import { ProfileSection } from './ProfileSection'
import { PreviousSecret } from './PreviousSecret'
import { offers, providerOf, signing } from './providers'
import { RegisterDialog } from './RegisterDialog'
import { RouteSection } from './RouteSection'
import { SecretDialog, type Replaced } from './SecretDialog'
import { TemplateList } from './TemplateList'
import { TierSection } from './TierSection'
import { Timeline } from './Timeline'
import { TokenDialog } from './TokenDialog'

/** One number: how it is, what a check finds, where it delivers, what the provider told, its profile, links and templates. */
export function ChannelPage() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const { channelId } = useParams({ from: '/app/channels/$channelId' })
  const query = useQuery(channelsQuery)
  const [asked, setAsked] = useState<'remove' | 'register' | 'deregister' | 'token' | Replaced | null>(null)
  const mayManage = useMe().permissions.includes('channel.manage')
  const refresh = () => void client.invalidateQueries({ queryKey: keys.channels })
  const fail = (error: unknown) => toast(errorText(error, t), 'danger')
  const check = useMutation({ mutationFn: () => post<{ findings: Finding[] }>(`/channels/${channelId}/check`), onSuccess: refresh })
  const pause = useMutation({ mutationFn: (status: 'active' | 'paused') => patch<Channel>(`/channels/${channelId}`, { status }), onSuccess: refresh, onError: fail })
  const deregister = useMutation({
    mutationFn: () => post<Channel>(`/channels/${channelId}/deregister`),
    onSuccess: () => {
      refresh()
      toast(t('register.deregistered'))
    },
    onError: fail,
  })
  const drop = useMutation({
    mutationFn: () => remove(`/channels/${channelId}`),
    onSuccess: () => {
      refresh()
      void navigate({ to: '/channels' })
    },
    onError: fail,
  })
  const channel = query.data?.find((candidate) => candidate.id === channelId)
  if (query.isError && !channel) return <PageError error={query.error} onRetry={() => void query.refetch()} to="/channels" label={t('channels.title')} />
  if (!channel) return query.isSuccess ? <NotHere to="/channels" label={t('channels.title')} /> : <Loading />
  const paused = channel.status === 'paused'
  const close = () => setAsked(null)
  return (
    <PageFrame
      title={channel.name}
      actions={
        <>
          <Button look="primary" onPress={() => check.mutate()} isDisabled={check.isPending}><Stethoscope size={16} aria-hidden />{check.isPending ? t('channel.checking') : t('channel.check')}</Button>
          <Menu
            label={t('common.more_actions')}
            items={[
              { id: 'pause', label: paused ? t('channel.resume') : t('channel.pause'), onAction: () => pause.mutate(paused ? 'active' : 'paused') },
              { id: 'token', label: t('channel.replace_token'), onAction: () => setAsked('token') },
              ...(signing[providerOf(channel)] ? [{ id: 'secret', label: t('channel.replace_secret'), onAction: () => setAsked('secret') }] : []),
              ...(providerOf(channel) === 'meta' ? [{ id: 'verify_token', label: t('channel.replace_verify'), onAction: () => setAsked('verify_token') }] : []),
              ...(offers(channel, 'registration')
                ? [
                    { id: 'register', label: t('register.title'), onAction: () => setAsked('register') },
                    { id: 'deregister', label: t('register.deregister'), danger: true, onAction: () => setAsked('deregister') },
                  ]
                : []),
              { id: 'remove', label: t('channel.remove'), danger: true, onAction: () => setAsked('remove') },
            ]}
          >
            <IconButton label={t('common.more_actions')} icon={MoreHorizontal} />
          </Menu>
        </>
      }
    >
      {channel.last_error && <p className="mb-4 rounded-lg bg-danger-soft p-3 text-danger-ink"><bdi dir="auto">{channel.last_error}</bdi></p>}
      <Section title={t('channel.state')} aside={<ChannelState channel={channel} />}>
        <ChannelFacts channel={channel} mayManage={mayManage} />
      </Section>
      {(check.data || check.isError) && (
        <Section title={t('findings.title')}>
          {check.data ? <Findings findings={check.data.findings} /> : <ErrorNote error={check.error} />}
        </Section>
      )}
      <DeliverySection channel={channel} mayManage={mayManage} />
      {offers(channel, 'quality') && <TierSection channel={channel} />}
      <CallsSection channel={channel} />
      <RouteSection channel={channel} mayManage={mayManage} />
      <Timeline channelId={channelId} />
      {offers(channel, 'templates') ? <TemplateList channelId={channelId} /> : <Section title={t('channel.templates')}><p className="text-sm text-muted">{t('channel.no_templates_here', { provider: t(`channels.provider_of.${providerOf(channel)}`) })}</p></Section>}
      {mayManage && offers(channel, 'profile') && <ProfileSection channelId={channelId} />}
      {mayManage && offers(channel, 'qr_codes') && <LinkSection channel={channel} />}
      <Confirm title={t('channel.remove')} text={t('channel.remove_text', { name: isolated(channel.name) })} verb={t('channel.remove')} isOpen={asked === 'remove'} onClose={close} onConfirm={() => drop.mutate()} />
      <Confirm title={t('register.deregister')} text={t('register.deregister_text')} verb={t('register.deregister')} isOpen={asked === 'deregister'} onClose={close} onConfirm={() => deregister.mutate()} />
      <RegisterDialog channel={channel} isOpen={asked === 'register'} onClose={close} />
      <TokenDialog channel={channel} isOpen={asked === 'token'} onClose={close} />
      {(asked === 'secret' || asked === 'verify_token') && <SecretDialog channel={channel} what={asked} onClose={close} />}
    </PageFrame>
  )
}

/** What each provider calls the ids of number and account. */
const ids = {
  meta: ['phone_number_id', 'waba_id'], dialog360: ['phone_number_id', 'waba_id'], twilio: ['phone_number', 'account_sid'], bird: ['bird_channel_id', 'workspace_id'], gateway: ['phone_number', null],
} as const

const qualities = ['GREEN', 'YELLOW', 'RED', 'UNKNOWN'] as const

const nameStates = ['APPROVED', 'AVAILABLE_WITHOUT_REVIEW', 'PENDING_REVIEW', 'DECLINED', 'EXPIRED'] as const

/** What customers see, and whether they may. */
function DisplayName({ name, status }: { name: string; status?: string | null }) {
  const { t } = useTranslation()
  const state = nameStates.find((word) => word === status)
  return (
    <>
      <bdi dir="auto">{name}</bdi>
      {state && <span className="text-muted"> · {t(`channel.name_of.${state}`)}</span>}
    </>
  )
}

function ChannelFacts({ channel, mayManage }: { channel: Channel; mayManage: boolean }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const provider = providerOf(channel)
  const quality = qualities.find((word) => word === channel.quality.toUpperCase())
  const rows: [string, React.ReactNode][] = [
    [t('channel.phone'), channel.display_phone ? <Phone key="p" value={channel.display_phone} /> : '–'],
    ...(channel.verified_name ? [[t('channel.display_name'), <DisplayName key="d" name={channel.verified_name} status={channel.name_status} />] as [string, React.ReactNode]] : []),
    [t('channels.provider'), t(`channels.provider_of.${provider}`)],
    [t(`channels.field.${ids[provider][0]}`), <bdi key="i" dir="ltr">{channel.phone_number_id}</bdi>],
    ...(ids[provider][1] ? [[t(`channels.field.${ids[provider][1]}`), <bdi key="w" dir="ltr">{channel.waba_id}</bdi>] as [string, React.ReactNode]] : []),
    ...(offers(channel, 'quality')
      ? ([
          [t('channel.quality'), quality ? t(`channel.quality_of.${quality}`) : channel.quality || '–'],
          [t('channel.tier'), channel.tier_limit === null ? t('channel.unlimited') : t('channel.tier_value', { count: channel.tier_limit })],
        ] as [string, React.ReactNode][])
      : []),
    [t('channel.throughput'), t('channel.throughput_value', { count: channel.throughput_per_second })],
    [t('channel.token_age'), formats.days(channel.token_age_days)],
    ...(channel.previous_secret_until === null ? [] : [[t('channel.previous_secret'), <PreviousSecret key="s" channel={channel} until={channel.previous_secret_until} mayManage={mayManage} />] as [string, React.ReactNode]]),
    [t('channels.last_event'), channel.last_event_at === null ? t('channel.never') : <When key="e" at={channel.last_event_at} />],
  ]
  if (channel.status_reason) rows.unshift([t('channel.reason'), <bdi key="r" dir="auto">{channel.status_reason}</bdi>])
  return <Definitions rows={rows} />
}
