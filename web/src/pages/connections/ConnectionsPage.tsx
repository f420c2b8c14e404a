import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { connectionKindsQuery, connectionsQuery } from '@/api/queries'
import { useMe } from '@/features/frame/useMe'
import { Button } from '@/ui/Button'
import { Empty } from '@/ui/Empty'
import { ErrorNote } from '@/ui/ErrorNote'
import { Example } from '@/ui/Example'
import { Loading } from '@/ui/Loading'
import { PageFrame } from '@/ui/PageFrame'
import { UserText } from '@/ui/UserText'
import { AddConnection } from './AddConnection'
import { ConflictsLink } from './ConflictsLink'
import { ConnectionHealth } from './ConnectionHealth'
import { WebhooksLink } from '@/pages/webhooks/WebhooksLink'

/** The CRMs that are kept in step; one line of health each. */
export function ConnectionsPage() {
  const { t } = useTranslation()
  const query = useQuery(connectionsQuery)
  const kinds = useQuery(connectionKindsQuery)
  const [adding, setAdding] = useState(false)
  const manages = useMe().permissions.includes('connection.manage')
  const add = <Button look="primary" onPress={() => setAdding(true)}><Plus size={16} aria-hidden />{t('connections.add')}</Button>
  return (
    <PageFrame title={t('connections.title')} lead={t('connections.lead')} actions={manages && query.data && query.data.length > 0 && add}>
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Loading rows={2} />}
      {query.data?.length === 0 && <Empty ghost={<Example of="connections" />} title={t('connections.none_title')} text={manages ? t('connections.none_text') : t('error.forbidden')}>{manages && add}</Empty>}
      <ul aria-label={t('connections.title')} className="border-t border-line empty:hidden">
        {query.data?.map((connection) => (
          <li key={connection.id} className="border-b border-line">
            <Link to="/connections/$connectionId" params={{ connectionId: connection.id }} className="focus-inset flex min-h-18 flex-wrap items-center gap-x-4 gap-y-1 px-1 py-3 hover:bg-hover">
              <span className="min-w-0 grow">
                <UserText className="block truncate font-semibold text-strong">{connection.name}</UserText>
                <span className="block text-sm text-muted">{kinds.data?.find((one) => one.kind === connection.kind)?.name ?? connection.kind}</span>
              </span>
              <ConnectionHealth connection={connection} />
            </Link>
          </li>
        ))}
      </ul>
      {query.data && query.data.length > 0 && <ConflictsLink />}
      {manages && <WebhooksLink />}
      <AddConnection isOpen={adding} onClose={() => setAdding(false)} />
    </PageFrame>
  )
}
