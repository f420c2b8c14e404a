import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Check, Clock, ExternalLink, Plus, TriangleAlert, Unplug } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Contact, Id } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { Pill } from '@/ui/Pill'
import { Section } from '@/ui/Section'
import { Select } from '@/ui/Select'
import { UserText } from '@/ui/UserText'
import { mattersQuery, retryMatter, setStatus, targetsQuery, type Kind, type Matter, type Status } from './api'
import { MatterForm } from './MatterForm'

const states = {
  local: { icon: Unplug, tone: 'neutral' },
  waiting: { icon: Clock, tone: 'caution' },
  in_step: { icon: Check, tone: 'positive' },
  failed: { icon: TriangleAlert, tone: 'danger' },
  gone: { icon: TriangleAlert, tone: 'danger' },
} as const

const statuses = { deal: ['open', 'won', 'lost'], case: ['open', 'closed'] } as const satisfies Record<Kind, readonly Status[]>

/** The deals and cases of a customer, with where each stands in the CRM, and the way to make one. */
export function Matters({ contact, conversation }: { contact: Contact; conversation: Id }) {
  const { t } = useTranslation()
  const may = useMe().permissions.includes('contact.write')
  const query = useQuery(mattersQuery(contact.id))
  const { data: targets = [] } = useQuery(targetsQuery)
  const [making, setMaking] = useState<Kind | null>(null)
  const matters = query.data ?? []
  return (
    <Section title={t('matter.title')}>
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && matters.length === 0 && <p className="text-sm text-muted">{t('matter.none')}</p>}
      <ul aria-label={t('matter.title')} className="flex flex-col gap-3">
        {matters.map((matter) => (
          <li key={matter.id} className="text-sm">
            <Line matter={matter} contact={contact.id} may={may} offered={targets.some(({ objects }) => objects.includes(matter.object))} />
          </li>
        ))}
      </ul>
      {may && (
        <div className="mt-2 flex flex-wrap gap-2">
          <Button small onPress={() => setMaking('deal')}><Plus size={14} aria-hidden />{t('matter.make.deal')}</Button>
          <Button small onPress={() => setMaking('case')}><Plus size={14} aria-hidden />{t('matter.make.case')}</Button>
        </div>
      )}
      {making && <MatterForm kind={making} contact={contact} conversation={conversation} targets={targets} onClose={() => setMaking(null)} />}
    </Section>
  )
}

function Line({ matter, contact, may, offered }: { matter: Matter; contact: Id; may: boolean; offered: boolean }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const client = useQueryClient()
  const change = useMutation({
    mutationFn: (wanted: Status | 'retry') => (wanted === 'retry' ? retryMatter(matter) : setStatus(matter, wanted)),
    onSettled: () => void client.invalidateQueries({ queryKey: mattersQuery(contact).queryKey }),
  })
  const { icon, tone } = states[matter.sync]
  const { amount_minor: minor, currency } = matter
  const worth = minor === null ? null : currency ? formats.money(minor, currency) : matter.amount
  const again = may && (matter.sync === 'failed' || matter.sync === 'gone' || (matter.sync === 'local' && offered))
  const status = t(`matter.status.${matter.status}`)
  return (
    <>
      <div className="flex items-center gap-2">
        <UserText className="min-w-0 grow truncate font-semibold text-strong">{matter.title}</UserText>
        {may ? (
          <Select label={t('matter.status_of', { title: matter.title })} hideLabel quiet value={matter.status} isDisabled={change.isPending} options={statuses[matter.object].map((id) => ({ id, label: t(`matter.status.${id}`) }))} onChange={(next) => change.mutate(next)} />
        ) : (
          <Pill>{status}</Pill>
        )}
      </div>
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-muted">
        <span>{t(`matter.kind.${matter.object}`)}</span>
        {worth !== null && <bdi className="tabular-nums text-ink">{worth}</bdi>}
        {matter.category && <span>{t(`matter.category.${matter.category}`)}</span>}
        {matter.priority && <span>{t(`matter.priority.${matter.priority}`)}</span>}
        {matter.stage && <UserText>{matter.stage}</UserText>}
        {matter.skus.length > 0 && <bdi dir="ltr">{matter.skus.join(', ')}</bdi>}
      </p>
      <p className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-muted">
        <Pill icon={icon} tone={tone}>{t(`matter.sync.${matter.sync}`)}</Pill>
        {matter.remote_url && (
          <a href={matter.remote_url} target="_blank" rel="noreferrer noopener" className="inline-flex items-center gap-1 text-accent-ink underline underline-offset-2">
            {matter.connection_name ? t('matter.open_in', { name: matter.connection_name }) : t('contact.sync.open_remote')}
            <ExternalLink size={11} aria-hidden className="mirror" />
          </a>
        )}
        {again && <Button small look="quiet" isDisabled={change.isPending} onPress={() => change.mutate('retry')}>{t(matter.sync === 'local' ? 'matter.bring' : 'common.try_again')}</Button>}
      </p>
      {matter.error && <p className={matter.sync === 'failed' || matter.sync === 'gone' ? 'text-xs text-danger-ink' : 'text-xs text-caution-ink'}><UserText>{matter.error}</UserText></p>}
      {matter.note && <p className="text-xs text-muted"><UserText>{matter.note}</UserText></p>}
      {change.isError && <ErrorNote error={change.error} />}
    </>
  )
}
