import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ArrowRightLeft, Check, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post, put } from '@/api/client'
import { keys } from '@/api/keys'
import { channelsQuery, routeQuery } from '@/api/queries'
import type { Channel, Route, RouteHealth, RouteSettings } from '@/api/types'
import { Definitions } from '@/features/contact/DetailList'
import { latinDigits } from '@/i18n/digits'
import { isolated } from '@/i18n/direction'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { Confirm } from '@/ui/Confirm'
import { cx } from '@/ui/cx'
import { ErrorNote } from '@/ui/ErrorNote'
import { errorText, fieldError, isAtField } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { Pill } from '@/ui/Pill'
import { Section } from '@/ui/Section'
import { Select } from '@/ui/Select'
import { toast } from '@/ui/toast'
import { When } from '@/ui/When'

const NONE = 'none'

/** The other channel messages go over while this one is slow or does not answer: state, last observations, choice, switch by hand. */
export function RouteSection({ channel, mayManage }: { channel: Channel; mayManage: boolean }) {
  const { t } = useTranslation()
  const query = useQuery(routeQuery(channel.id))
  const route = query.data
  return (
    <Section title={t('route.title')} hint={t('route.hint')} aside={route && <RouteState route={route} />}>
      <div className="flex flex-col gap-4">
        {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
        {route && route.state !== 'none' && <Standing channel={channel} route={route} mayManage={mayManage} />}
        {route?.state === 'none' && !mayManage && <p className="text-muted">{t('route.none')}</p>}
        {route && mayManage && <Choice key={`${route.standby_channel_id}-${route.slow_ms}-${route.probe_every_seconds}`} channel={channel} route={route} />}
      </div>
    </Section>
  )
}

function RouteState({ route }: { route: Route }) {
  const { t } = useTranslation()
  if (route.state === 'none') return null
  if (route.state === 'healthy') return <Pill icon={Check} tone="positive">{t('route.state.healthy')}</Pill>
  const over = route.state === 'failed_over'
  return <Pill icon={over ? ArrowRightLeft : TriangleAlert} tone="caution">{t(`route.state.${route.state}`)}</Pill>
}

function Standing({ channel, route, mayManage }: { channel: Channel; route: Route; mayManage: boolean }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [asked, setAsked] = useState(false)
  const standby = route.standby_name ?? ''
  const move = useMutation({
    mutationFn: (to: 'primary' | 'standby') => post<Route>(`/channels/${channel.id}/route/switch`, { to }),
    onSuccess: (found) => {
      client.setQueryData(keys.route(channel.id), found)
      void client.invalidateQueries({ queryKey: keys.timeline(channel.id) })
    },
    onError: (error) => toast(errorText(error, t), 'danger'),
  })
  const over = route.active === 'standby'
  const why = route.since !== null && route.reason !== 'none' ? t(`route.reason.${route.reason}`) : null
  return (
    <>
      <p className={cx('rounded-lg p-3', over ? 'bg-caution-soft text-caution-ink' : 'bg-sunken text-ink')}>
        <span className="font-semibold">{over ? t('route.over_standby', { name: isolated(standby) }) : t('route.over_primary')}</span>{' '}
        {why} {route.since !== null && <When at={route.since} />}
        {over && <span className="block text-sm">{route.pinned ? t('route.pinned') : t('route.good', { good: route.primary.good, needed: route.good_needed })}</span>}
      </p>
      <Definitions
        rows={[
          [t('route.this_channel'), <Health key="p" health={route.primary} slow={route.slow_ms} />],
          [t('route.standby'), <span key="s"><bdi dir="auto">{standby}</bdi> · <Health health={route.standby} slow={route.slow_ms} /></span>],
          [t('route.next_probe'), route.next_probe_at === null ? t('route.soon') : <When key="n" at={route.next_probe_at} />],
          [t('route.chat'), route.same_number ? t('route.same_number') : t('route.other_number')],
        ]}
      />
      <Observations route={route} />
      {mayManage && (
        <div>
          {over
            ? <Button look="primary" onPress={() => move.mutate('primary')} isDisabled={move.isPending}>{t('route.go_back')}</Button>
            : <Button onPress={() => setAsked(true)} isDisabled={move.isPending}>{t('route.switch_now')}</Button>}
        </div>
      )}
      <Confirm title={t('route.switch_now')} text={t(route.same_number ? 'route.switch_text_same' : 'route.switch_text', { name: isolated(standby) })} verb={t('route.switch_now')} isOpen={asked} onClose={() => setAsked(false)} onConfirm={() => move.mutate('standby')} />
    </>
  )
}

function Health({ health, slow }: { health: RouteHealth; slow: number }) {
  const { t } = useTranslation()
  const formats = useFormats()
  if (health.at === null) return <span className="text-muted">{t('route.never')}</span>
  if (health.ms === null) return <span className="text-danger-ink">{t('route.no_answer')}{health.error && <> (<bdi dir="auto">{health.error}</bdi>)</>}</span>
  return <span className={cx(health.ms > slow && 'text-caution-ink')}>{t('route.ms', { ms: formats.number(health.ms) })}</span>
}

function Observations({ route }: { route: Route }) {
  const { t } = useTranslation()
  const formats = useFormats()
  if (route.observations.length === 0) return null
  return (
    <details className="text-sm">
      <summary className="cursor-default py-1 text-muted hover:text-strong">{t('route.observations', { count: route.observations.length })}</summary>
      <ol className="flex flex-col">
        {route.observations.map((seen, index) => (
          <li key={`${seen.at}-${index}`} className="flex items-baseline justify-between gap-3 border-b border-line py-1.5 last:border-b-0">
            <span>{t(seen.side === 'primary' ? 'route.this_channel' : 'route.standby')} · {t(seen.by === 'probe' ? 'route.by_probe' : 'route.by_send')}</span>
            <span className={cx('min-w-0 grow text-end', (seen.ms === null || seen.ms > route.slow_ms) && 'text-danger-ink')}>
              {seen.ms === null ? <bdi dir="auto">{seen.error ?? t('route.no_answer')}</bdi> : t('route.ms', { ms: formats.number(seen.ms) })}
            </span>
            <When at={seen.at} className="shrink-0 text-xs text-faint" />
          </li>
        ))}
      </ol>
    </details>
  )
}

function Choice({ channel, route }: { channel: Channel; route: Route }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const channels = useQuery(channelsQuery).data ?? []
  const others = channels.filter((other) => other.id !== channel.id && other.kind === channel.kind)
  const [standby, setStandby] = useState<string>(route.standby_channel_id ?? NONE)
  const [slow, setSlow] = useState(String(route.slow_ms))
  const [minutes, setMinutes] = useState(String(Math.round(route.probe_every_seconds / 60)))
  const save = useMutation({
    mutationFn: () => {
      const wanted: RouteSettings = {
        standby_channel_id: standby === NONE ? null : standby,
        slow_ms: Number(latinDigits(slow)),
        probe_every_seconds: Math.round(Number(latinDigits(minutes)) * 60),
        probe_suspicious_seconds: route.probe_suspicious_seconds,
      }
      return put<Route>(`/channels/${channel.id}/route`, wanted)
    },
    onSuccess: (found) => {
      client.setQueryData(keys.route(channel.id), found)
      toast(t('route.saved'))
    },
  })
  if (others.length === 0 && route.standby_channel_id === null) return <p className="text-muted">{t('route.lonely')}</p>
  const fields = ['slow_ms', 'probe_every_seconds']
  return (
    <form
      className="flex flex-col gap-3 border-t border-line pt-4"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Select
        label={t('route.choose')}
        options={[{ id: NONE, label: t('route.without') }, ...others.map((other) => ({ id: other.id, label: other.display_phone ? `${other.name} · \u2066${other.display_phone}\u2069` : other.name }))]}
        value={standby}
        onChange={setStandby}
      />
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label={t('route.slow')} hint={t('route.slow_hint')} ltr inputMode="numeric" value={slow} onChange={setSlow} error={fieldError(save.error, 'slow_ms')} />
        <Field label={t('route.every')} hint={t('route.every_hint')} ltr inputMode="numeric" value={minutes} onChange={setMinutes} error={fieldError(save.error, 'probe_every_seconds')} />
      </div>
      {save.isError && !isAtField(save.error, fields) && <ErrorNote error={save.error} />}
      <div><Button type="submit" isDisabled={save.isPending}>{t('route.save')}</Button></div>
    </form>
  )
}
