import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { MoreHorizontal, RefreshCw } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { patch, post, remove } from '@/api/client'
import { keys } from '@/api/keys'
import { connectionsQuery } from '@/api/queries'
import type { Connection, Finding } from '@/api/types'
import { isolated } from '@/i18n/direction'
import { DeadLetters } from '@/pages/health/DeadLetters'
import { Figure } from '@/ui/Figure'
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
import { Section } from '@/ui/Section'
import { toast } from '@/ui/toast'
import { When } from '@/ui/When'
import { useFormats } from '@/i18n/format'
import { ConnectionHealth } from './ConnectionHealth'
import { ConflictsLink } from './ConflictsLink'
import { HealthSections } from './HealthSections'
import { MappingEditor } from './MappingEditor'

/** Below this share of records that were in step when compared, something is wrong. */
const matchedAtLeast = 0.99

/** One connection: how far behind, what failed, which fields go where. */
export function ConnectionPage() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const { connectionId } = useParams({ from: '/app/connections/$connectionId' })
  const formats = useFormats()
  const query = useQuery({ ...connectionsQuery, refetchInterval: 10_000 })
  const [removing, setRemoving] = useState(false)
  const refresh = () => void client.invalidateQueries({ queryKey: keys.connections })
  const fail = (error: unknown) => toast(errorText(error, t), 'danger')
  const check = useMutation({ mutationFn: () => post<{ findings: Finding[] }>(`/connections/${connectionId}/check`), onSuccess: refresh })
  const sync = useMutation({ mutationFn: () => post(`/connections/${connectionId}/sync`), onSuccess: () => toast(t('connection.sync_started')), onError: fail })
  const change = useMutation({ mutationFn: (status: 'active' | 'paused') => patch<Connection>(`/connections/${connectionId}`, { status }), onSuccess: refresh, onError: fail })
  const drop = useMutation({
    mutationFn: () => remove(`/connections/${connectionId}`),
    onSuccess: () => {
      refresh()
      void navigate({ to: '/connections' })
    },
    onError: fail,
  })
  const connection = query.data?.find((candidate) => candidate.id === connectionId)
  if (query.isError && !connection) return <PageError error={query.error} onRetry={() => void query.refetch()} to="/connections" label={t('connections.title')} />
  if (!connection) return query.isSuccess ? <NotHere to="/connections" label={t('connections.title')} /> : <Loading />
  const paused = connection.status === 'paused'
  return (
    <PageFrame
      title={connection.name}
      actions={
        <>
          <Button look="primary" onPress={() => sync.mutate()} isDisabled={sync.isPending || paused}><RefreshCw size={15} aria-hidden />{t('connection.sync_now')}</Button>
          <Menu
            label={t('common.more_actions')}
            items={[
              { id: 'check', label: t('channel.check'), onAction: () => check.mutate() },
              ...(connection.kind === 'rest' ? [{ id: 'describe', label: t('own.edit'), onAction: () => void navigate({ to: '/connections/$connectionId/description', params: { connectionId } }) }] : []),
              { id: 'pause', label: paused ? t('channel.resume') : t('channel.pause'), onAction: () => change.mutate(paused ? 'active' : 'paused') },
              { id: 'remove', label: t('connection.remove'), danger: true, onAction: () => setRemoving(true) },
            ]}
          >
            <IconButton label={t('common.more_actions')} icon={MoreHorizontal} />
          </Menu>
        </>
      }
    >
      {connection.status_reason && <p className="mb-4 rounded-lg bg-danger-soft p-3 text-danger-ink"><bdi dir="auto">{connection.status_reason}</bdi></p>}
      <Section title={t('connection.health')} aside={<ConnectionHealth connection={connection} />}>
        <Figures connection={connection} />
        <ConflictsLink connectionId={connectionId} />
        {(connection.compared?.held_back ?? 0) > 0 && <p className="mt-4 rounded-lg bg-caution-soft p-3 text-caution-ink">{t('connection.held_back', { number: formats.number(connection.compared?.held_back ?? 0) })}</p>}
      </Section>
      {(check.data || check.isError) && <Section title={t('findings.title')}>{check.data ? <Findings findings={check.data.findings} /> : <ErrorNote error={check.error} />}</Section>}
      <HealthSections connectionId={connectionId} />
      <DeadLetters />
      <MappingEditor connectionId={connectionId} />
      <Confirm title={t('connection.remove')} text={t('connection.remove_text', { name: isolated(connection.name) })} verb={t('connection.remove')} isOpen={removing} onClose={() => setRemoving(false)} onConfirm={() => drop.mutate()} />
    </PageFrame>
  )
}

function Figures({ connection }: { connection: Connection }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const compared = connection.compared
  const matched = compared ? 1 - (compared.differed + compared.gone + compared.held_back) / compared.records : null
  return (
    <dl className="grid grid-cols-2 gap-4 md:grid-cols-4">
      <Figure label={t('connection.backlog')} definition={t('connection.backlog_definition')}>{formats.number(connection.backlog)}</Figure>
      <Figure label={t('connection.failed')} definition={t('connection.failed_definition')} bad={connection.failed > 0}>{formats.number(connection.failed)}</Figure>
      <Figure label={t('connection.success')} definition={t('connection.success_definition')}>{connection.success_rate === null ? '–' : formats.percent(connection.success_rate)}</Figure>
      <Figure label={t('connection.last_sync')} definition={t('connection.last_sync_definition')}>{connection.last_sync_at === null ? '–' : <When at={connection.last_sync_at} />}</Figure>
      <Figure label={t('connection.compared')} definition={t('connection.compared_definition')}>{compared ? formats.number(compared.records) : '–'}</Figure>
      <Figure label={t('connection.matched')} definition={t('connection.matched_definition')} bad={matched !== null && matched < matchedAtLeast}>{matched === null ? '–' : formats.percent(matched)}</Figure>
    </dl>
  )
}
