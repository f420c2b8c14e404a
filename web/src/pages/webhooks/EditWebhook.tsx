import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { patch, post } from '@/api/client'
import { channelsQuery } from '@/api/queries'
import { Chips } from '@/pages/automation/Chips'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { fieldError, isAtField } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { webhookEventsQuery, webhookKeys, type Webhook } from './api'
import { SecretOnce } from './SecretOnce'
import { eventName } from './words'

/** Adds a webhook, whose secret is shown once, or changes one. */
export function EditWebhook({ webhook, onClose }: { webhook?: Webhook; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const kinds = useQuery(webhookEventsQuery)
  const channels = useQuery(channelsQuery)
  const [url, setUrl] = useState(webhook?.url ?? '')
  const [name, setName] = useState(webhook?.name ?? '')
  const [events, setEvents] = useState(webhook?.events ?? ['message.received'])
  const [chosen, setChosen] = useState(webhook?.channels ?? [])
  const save = useMutation({
    mutationFn: () => {
      const given = { url: url.trim(), name: name.trim() || undefined, events, channels: chosen }
      return webhook ? patch<Webhook & { secret?: string }>(`/webhooks/${webhook.id}`, given) : post<Webhook & { secret?: string }>('/webhooks', given)
    },
    onSuccess: (saved) => {
      void client.invalidateQueries({ queryKey: webhookKeys.all })
      if (!saved.secret) onClose()
    },
  })
  const title = t(webhook ? 'webhook.edit' : 'webhook.add')
  if (save.data?.secret) return <Dialog title={title} isOpen onClose={onClose}><SecretOnce secret={save.data.secret} onDone={onClose} /></Dialog>
  return (
    <Dialog title={title} isOpen wide onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <Field label={t('webhook.url')} hint={t('webhook.url_hint')} ltr isRequired placeholder="https://" value={url} onChange={setUrl} error={fieldError(save.error, 'url')} />
        <Field label={t('webhook.name')} hint={t('webhook.name_hint')} value={name} onChange={setName} maxLength={100} error={fieldError(save.error, 'name')} />
        {kinds.isError && <ErrorNote error={kinds.error} onRetry={() => void kinds.refetch()} />}
        <Chips label={t('webhook.events')} options={(kinds.data ?? []).map(({ name: id }) => ({ id, label: eventName(id) }))} value={events} onChange={setEvents} />
        {events.length === 0 && <p className="text-sm text-muted">{t('webhook.events_none')}</p>}
        {(channels.data?.length ?? 0) > 1 && <Chips label={t('webhook.channels')} foreign options={(channels.data ?? []).map(({ id, name: label }) => ({ id, label }))} value={chosen} onChange={setChosen} />}
        {save.isError && !isAtField(save.error, ['url', 'name']) && <ErrorNote error={save.error} />}
        <Button look="primary" type="submit" isDisabled={!url.trim() || save.isPending}>{webhook ? t('common.save') : t('webhook.add')}</Button>
      </form>
    </Dialog>
  )
}
