import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Check, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import { keys } from '@/api/keys'
import { subscriptionQuery } from '@/api/queries'
import type { Channel, Subscription } from '@/api/types'
import { Definitions } from '@/features/contact/DetailList'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { Copy } from '@/ui/Copy'
import { ErrorNote } from '@/ui/ErrorNote'
import { Pill } from '@/ui/Pill'
import { Section } from '@/ui/Section'
import { toast } from '@/ui/toast'
import { When } from '@/ui/When'
import { offers, providerOf } from './providers'

/** Where the provider delivers, and one click that makes it deliver here. */
export function DeliverySection({ channel, mayManage }: { channel: Channel; mayManage: boolean }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useQuery({ ...subscriptionQuery(channel.id), enabled: mayManage && offers(channel, 'subscription') })
  const point = useMutation({
    mutationFn: () => post<Subscription>(`/channels/${channel.id}/subscribe`),
    onSuccess: (found) => {
      client.setQueryData(keys.subscription(channel.id), found)
      void client.invalidateQueries({ queryKey: keys.doctor })
      toast(t(providerOf(channel) === 'meta' ? 'delivery_to.pointed' : 'delivery_to.pointed_here'))
    },
  })
  const found = query.data
  const mark = found && (found.points_here ? <Pill icon={Check} tone="positive">{t('delivery_to.here')}</Pill> : <Pill icon={TriangleAlert} tone="danger">{t('delivery_to.not_here')}</Pill>)
  return (
    <Section title={t('channel.webhook')} hint={t(`channel.webhook_hint_of.${providerOf(channel)}`)} aside={mark}>
      <div className="flex flex-col gap-3">
        <Copy label={t('channels.webhook_url')} value={channel.webhook_url} />
        {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
        {found && providerOf(channel) === 'meta' && <Facts found={found} />}
        {point.isError && <ErrorNote error={point.error} />}
        {found && !found.points_here && (
          <div><Button look="primary" onPress={() => point.mutate()} isDisabled={point.isPending}>{t('delivery_to.point')}</Button></div>
        )}
      </div>
    </Section>
  )
}

function Facts({ found }: { found: Subscription }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const address = (value: string) => <bdi dir="ltr" className="break-all">{value}</bdi>
  const apps = found.apps.map((app) => app.name ?? app.id).join(t('common.list_separator'))
  const rows: [string, ReactNode][] = [[t('delivery_to.apps'), apps ? <bdi key="a" dir="auto">{apps}</bdi> : t('delivery_to.no_app')]]
  if (found.delivers_to !== null && found.delivers_to !== found.here) rows.push([t('delivery_to.now'), address(found.delivers_to)])
  if (found.delivers_to === null) rows.push([t('delivery_to.now'), t('delivery_to.nowhere')])
  if (found.app_callback !== null && found.app_callback !== found.here) rows.push([t('delivery_to.app'), address(found.app_callback)])
  rows.push([t('delivery_to.verified'), found.verified_at === null ? t('channel.never') : <When key="v" at={found.verified_at} />])
  if (found.refused_signatures > 0) rows.push([t('delivery_to.refused'), formats.number(found.refused_signatures)])
  return <Definitions rows={rows} />
}
