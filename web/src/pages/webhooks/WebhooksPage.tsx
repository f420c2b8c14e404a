import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { useFormats } from '@/i18n/format'
import { useMe } from '@/features/frame/useMe'
import { Button } from '@/ui/Button'
import { Empty } from '@/ui/Empty'
import { ErrorNote } from '@/ui/ErrorNote'
import { Loading } from '@/ui/Loading'
import { PageFrame } from '@/ui/PageFrame'
import { UserText } from '@/ui/UserText'
import { EditWebhook } from './EditWebhook'
import { webhooksQuery } from './api'
import { WebhookState } from './WebhookState'

/** The programs that are told of what happens here. */
export function WebhooksPage() {
  const { t } = useTranslation()
  const formats = useFormats()
  const manages = useMe().permissions.includes('connection.manage')
  const query = useQuery({ ...webhooksQuery, enabled: manages })
  const [adding, setAdding] = useState(false)
  const add = <Button look="primary" onPress={() => setAdding(true)}><Plus size={16} aria-hidden />{t('webhook.add')}</Button>
  const some = (query.data?.length ?? 0) > 0
  return (
    <PageFrame title={t('webhook.title')} lead={t('webhook.lead')} actions={some && add}>
      {!manages && <p className="text-muted">{t('error.forbidden')}</p>}
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {manages && query.isPending && <Loading rows={2} />}
      {query.data?.length === 0 && <Empty title={t('webhook.none_title')} text={t('webhook.none_text')}>{add}</Empty>}
      <ul aria-label={t('webhook.title')} className="border-t border-line empty:hidden">
        {query.data?.map((webhook) => (
          <li key={webhook.id} className="border-b border-line">
            <Link to="/connections/webhooks/$webhookId" params={{ webhookId: webhook.id }} className="focus-inset flex min-h-18 flex-wrap items-center gap-x-4 gap-y-1 px-1 py-3 hover:bg-hover">
              <span className="min-w-0 grow basis-60">
                <UserText className="block truncate font-semibold text-strong">{webhook.name}</UserText>
                <bdi dir="ltr" className="block truncate text-sm text-muted">{webhook.url}</bdi>
              </span>
              {webhook.waiting > 0 && <span className="text-sm text-muted tabular-nums">{t('webhook.waiting', { number: formats.number(webhook.waiting) })}</span>}
              {webhook.dead > 0 && <span className="text-sm text-danger-ink tabular-nums">{t('webhook.dead', { number: formats.number(webhook.dead) })}</span>}
              <WebhookState webhook={webhook} />
            </Link>
          </li>
        ))}
      </ul>
      {adding && <EditWebhook onClose={() => setAdding(false)} />}
    </PageFrame>
  )
}
