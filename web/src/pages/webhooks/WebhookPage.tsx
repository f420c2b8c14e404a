import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { MoreHorizontal, Send } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { patch, post, remove } from '@/api/client'
import { isolated } from '@/i18n/direction'
import { useFormats } from '@/i18n/format'
import { useNow } from '@/live/clock'
import { Button } from '@/ui/Button'
import { Confirm } from '@/ui/Confirm'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { errorText } from '@/ui/errors'
import { IconButton } from '@/ui/IconButton'
import { Loading } from '@/ui/Loading'
import { Menu } from '@/ui/Menu'
import { NotHere, PageError } from '@/ui/NotHere'
import { PageFrame } from '@/ui/PageFrame'
import { Section } from '@/ui/Section'
import { toast } from '@/ui/toast'
import { When } from '@/ui/When'
import { Deliveries } from './Deliveries'
import { EditWebhook } from './EditWebhook'
import { SecretOnce } from './SecretOnce'
import { failingAfter, webhookKeys, webhooksQuery, type Webhook, type WholeDelivery } from './api'
import { WebhookState } from './WebhookState'
import { eventName, whyOf } from './words'

type Asked = 'edit' | 'secret' | 'remove' | null

/** One webhook: how it fares, a trial, and what was delivered. */
export function WebhookPage() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const { webhookId } = useParams({ from: '/app/connections/webhooks/$webhookId' })
  const query = useQuery(webhooksQuery)
  const [asked, setAsked] = useState<Asked>(null)
  const refresh = () => void client.invalidateQueries({ queryKey: webhookKeys.all })
  const onError = (error: unknown) => toast(errorText(error, t), 'danger')
  const change = useMutation({ mutationFn: (status: 'active' | 'paused') => patch<Webhook>(`/webhooks/${webhookId}`, { status }), onSuccess: refresh, onError })
  const trial = useMutation({ mutationFn: () => post<WholeDelivery>(`/webhooks/${webhookId}/test`, {}), onSuccess: refresh, onError })
  const rotate = useMutation({ mutationFn: () => post<{ secret: string }>(`/webhooks/${webhookId}/secret`, {}), onSuccess: refresh, onError })
  const drop = useMutation({
    mutationFn: () => remove(`/webhooks/${webhookId}`),
    onSuccess: () => {
      refresh()
      void navigate({ to: '/connections/webhooks' })
    },
    onError,
  })
  const webhook = query.data?.find((one) => one.id === webhookId)
  const back = { to: '/connections/webhooks', label: t('webhook.title') } as const
  if (query.isError && !webhook) return <PageError error={query.error} onRetry={() => void query.refetch()} {...back} />
  if (!webhook) return query.isSuccess ? <NotHere {...back} /> : <Loading />
  const active = webhook.status === 'active'
  const close = () => setAsked(null)
  return (
    <PageFrame
      title={webhook.name}
      lead={<bdi dir="ltr" className="wrap-anywhere">{webhook.url}</bdi>}
      actions={
        <>
          <Button look="primary" onPress={() => trial.mutate()} isDisabled={trial.isPending}><Send size={15} aria-hidden className="mirror" />{t('webhook.test')}</Button>
          <Menu
            label={t('common.more_actions')}
            items={[
              { id: 'edit', label: t('common.change'), onAction: () => setAsked('edit') },
              { id: 'pause', label: active ? t('channel.pause') : t('channel.resume'), onAction: () => change.mutate(active ? 'paused' : 'active') },
              { id: 'secret', label: t('webhook.new_secret'), onAction: () => setAsked('secret') },
              { id: 'remove', label: t('webhook.remove'), danger: true, onAction: () => setAsked('remove') },
            ]}
          >
            <IconButton label={t('common.more_actions')} icon={MoreHorizontal} />
          </Menu>
        </>
      }
    >
      <Notes webhook={webhook} />
      <Trial done={trial.data} />
      <Section title={t('webhook.told')} aside={<WebhookState webhook={webhook} />}>
        <p>{webhook.events.length > 0 ? webhook.events.map(eventName).join(t('common.list_separator')) : t('webhook.events_none')}</p>
        {webhook.delivered_at !== null && <p className="mt-1 text-sm text-muted">{t('webhook.last')} <When at={webhook.delivered_at} /></p>}
      </Section>
      <Deliveries webhook={webhook} />
      {asked === 'edit' && <EditWebhook webhook={webhook} onClose={close} />}
      <Confirm title={t('webhook.new_secret')} text={t('webhook.new_secret_text')} verb={t('webhook.new_secret')} isOpen={asked === 'secret'} onClose={close} onConfirm={() => rotate.mutate()} />
      <Confirm title={t('webhook.remove')} text={t('webhook.remove_text', { name: isolated(webhook.name) })} verb={t('webhook.remove')} isOpen={asked === 'remove'} onClose={close} onConfirm={() => drop.mutate()} />
      {rotate.data && <Dialog title={t('webhook.new_secret')} isOpen onClose={() => rotate.reset()}><SecretOnce secret={rotate.data.secret} onDone={() => rotate.reset()} /></Dialog>}
      {drop.isError && <ErrorNote error={drop.error} />}
    </PageFrame>
  )
}

/** What is wrong with it and what to do. */
function Notes({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const now = useNow()
  const since = webhook.failing_since === null ? '' : formats.moment(webhook.failing_since)
  const error = isolated(webhook.error ?? '')
  const bad = 'mb-4 rounded-lg bg-danger-soft p-3 text-danger-ink'
  const mild = 'mb-4 rounded-lg bg-caution-soft p-3 text-caution-ink'
  return (
    <>
      {webhook.reason === 'failing' && <p className={bad}>{t('webhook.note.given_up', { error })}</p>}
      {webhook.status === 'active' && webhook.failures >= failingAfter && <p className={bad}>{t('webhook.note.failing', { since, error })}</p>}
      {webhook.status === 'ended' && <p className={mild}>{t('webhook.note.ended')}</p>}
      {webhook.reason === 'person' && <p className={mild}>{t('webhook.note.paused')}</p>}
      {webhook.missed_at !== null && <p className={mild}>{t('webhook.note.missed')}</p>}
      {(webhook.previous_secret_until ?? 0) > now && <p className={mild}>{t('webhook.note.two_secrets', { when: formats.moment(webhook.previous_secret_until ?? 0) })}</p>}
    </>
  )
}

/** What a trial came to. */
function Trial({ done }: { done: WholeDelivery | undefined }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const last = done?.tries.at(-1)
  if (!last) return null
  const taken = done?.state === 'delivered'
  return (
    <div role="status" className={taken ? 'mb-4 rounded-lg bg-positive-soft p-3 text-positive-ink' : 'mb-4 rounded-lg bg-danger-soft p-3 text-danger-ink'}>
      <p>{taken ? t('webhook.test_taken', { status: last.status, ms: formats.number(last.ms) }) : t('webhook.test_failed', { why: whyOf(last) })}</p>
      {last.answer && <pre dir="auto" className="mt-1 max-h-32 overflow-auto text-xs whitespace-pre-wrap">{last.answer}</pre>}
    </div>
  )
}
