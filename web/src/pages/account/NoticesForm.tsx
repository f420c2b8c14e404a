import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { BellRing, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { ApiError, get, post } from '@/api/client'
import type { Device, DeviceWants, PushSettings } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { ability, NoPushService, NotAllowed, turnOff, turnOn } from '@/live/push'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { errorText } from '@/ui/errors'
import { IconButton } from '@/ui/IconButton'
import { Switch } from '@/ui/Switch'
import { toast } from '@/ui/toast'
import { UserText } from '@/ui/UserText'
import { When } from '@/ui/When'
import { useInstall } from './useInstall'

const pushQuery = queryOptions({ queryKey: ['push'], queryFn: ({ signal }) => get<PushSettings>('/push', undefined, signal) })
const choices = ['mine', 'mentions', 'team', 'hide_text'] as const

/** What went wrong, where the words of other pages do not say it. */
function useProblem() {
  const { t } = useTranslation()
  return (error: unknown): string => {
    if (error instanceof NotAllowed) return t('notices.not_allowed')
    if (error instanceof NoPushService) return t('notices.no_service')
    if (error instanceof ApiError && error.code === 'too_many_devices') return t('notices.too_many')
    if (error instanceof ApiError && (error.code === 'push_failed' || error.code === 'device_gone')) return t('notices.test_failed')
    return errorText(error, t)
  }
}

/** Notices on this device: on or off, what is told, a try, and the other devices. */
export function NoticesForm() {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const problem = useProblem()
  const { data, error, isPending } = useQuery(pushQuery)
  const [able, setAble] = useState(ability)
  const own = data?.devices.find((device) => device.current)
  const refresh = () => {
    setAble(ability())
    return client.invalidateQueries({ queryKey: pushQuery.queryKey })
  }
  const onError = (wrong: unknown) => toast(problem(wrong), 'danger')
  const on = useMutation({ mutationFn: (wants?: DeviceWants) => turnOn(me.user.id, data?.public_key ?? '', wants), onError, onSettled: refresh })
  const off = useMutation({ mutationFn: (device: Device) => turnOff(device), onError, onSettled: refresh })
  const trial = useMutation({
    mutationFn: (device: Device) => post(`/push/subscriptions/${device.id}/test`),
    onSuccess: () => toast(t('notices.tested')),
    onError,
    onSettled: refresh,
  })
  if (error) return <ErrorNote error={error} />
  return (
    <div className="flex flex-col gap-4">
      {own && able === 'yes' ? (
        <>
          <Choices wants={on.isPending && on.variables ? on.variables : own.wants} onChange={(wants) => on.mutate(wants)} />
          <div className="flex flex-wrap gap-2">
            <Button onPress={() => trial.mutate(own)} isDisabled={trial.isPending}>{t('notices.test')}</Button>
            <Button look="quiet" onPress={() => off.mutate(own)} isDisabled={off.isPending}>{t('notices.off')}</Button>
          </div>
        </>
      ) : able === 'yes' ? (
        <Button className="self-start" onPress={() => on.mutate(undefined)} isDisabled={isPending || on.isPending}><BellRing size={15} aria-hidden />{t('notices.on')}</Button>
      ) : (
        <p role="status" className="text-sm text-muted">{t(`notices.unable.${able}`)}</p>
      )}
      <Devices settings={data} onRemove={(device) => off.mutate(device)} />
      <Install />
    </div>
  )
}

function Choices({ wants, onChange }: { wants: DeviceWants; onChange: (wants: DeviceWants) => void }) {
  const { t } = useTranslation()
  return (
    <div className="flex flex-col items-start gap-2">
      {choices.map((name) => <Switch key={name} label={t(`notices.want.${name}`)} isSelected={wants[name]} onChange={(value) => onChange({ ...wants, [name]: value })} />)}
    </div>
  )
}

/** The browser and the system, as far as its own words tell them; names are the same in every language. */
export function deviceName(agent: string): string {
  const browser = [/(Edg)(?:A|iOS)?\//, /(OPR)\//, /(Firefox|FxiOS)\//, /(CriOS|Chrome)\//, /(Safari)\//].map((pattern) => pattern.exec(agent)?.[1]).find(Boolean)
  const system = /iPhone|iPad|Android|Windows|Mac OS|CrOS|Linux/.exec(agent)?.[0]
  const names: Record<string, string> = { Edg: 'Edge', OPR: 'Opera', FxiOS: 'Firefox', CriOS: 'Chrome', 'Mac OS': 'macOS', CrOS: 'ChromeOS' }
  const known = [browser, system].filter((part) => part !== undefined).map((part) => names[part] ?? part)
  return known.length > 0 ? known.join(' · ') : agent.slice(0, 40)
}

function Devices({ settings, onRemove }: { settings: PushSettings | undefined; onRemove: (device: Device) => void }) {
  const { t } = useTranslation()
  if (!settings || settings.devices.length === 0) return null
  return (
    <section>
      <h3 className="mb-1 text-sm">{t('notices.devices')}</h3>
      <ul aria-label={t('notices.devices')}>
        {settings.devices.map((device) => {
          const name = deviceName(device.user_agent)
          return (
            <li key={device.id} className="flex min-h-11 items-center gap-2 border-b border-line">
              <span className="grow">
                <UserText>{name}</UserText>
                {device.current && <span className="ms-2 text-xs text-muted">{t('notices.this_device')}</span>}
                {device.failed_at !== null && <span className="block text-xs text-danger-ink">{t('notices.failing')}</span>}
              </span>
              <When at={device.used_at ?? device.created_at} className="text-xs text-muted" />
              <IconButton label={t('notices.remove_named', { name })} icon={Trash2} onPress={() => onRemove(device)} />
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function Install() {
  const { t } = useTranslation()
  const { offered, installed, install } = useInstall()
  if (installed || !offered) return null
  return (
    <div className="flex flex-wrap items-center justify-between gap-2">
      <span className="text-muted">{t('notices.install_hint')}</span>
      <Button onPress={() => void install()}>{t('notices.install')}</Button>
    </div>
  )
}
