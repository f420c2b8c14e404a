import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { guardPolicyQuery } from '@/api/queries'
import type { GuardSettings } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { Loading } from '@/ui/Loading'
import { PageFrame } from '@/ui/PageFrame'
import { Pill } from '@/ui/Pill'
import { Section } from '@/ui/Section'
import { EditRule } from './EditRule'
import { groups, sentence, type Row } from './rows'

/** What the guard goes by, each rule a sentence that can be changed. */
export function RulesPage() {
  const { t } = useTranslation()
  const query = useQuery(guardPolicyQuery)
  const [edited, setEdited] = useState<Row | null>(null)
  return (
    <PageFrame title={t('rules.title')} lead={t('rules.lead')}>
      {query.isPending && <Loading rows={6} />}
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && groups.map((group) => (
        <Section key={group.id} title={t(`rules.group.${group.id}`)} hint={t(`rules.hint.${group.id}`)}>
          <ul className="flex flex-col">
            {group.rows.map((row) => <RuleRow key={row.id} row={row} settings={query.data} onEdit={() => setEdited(row)} />)}
          </ul>
        </Section>
      ))}
      {edited && query.data && <EditRule row={edited} settings={query.data} onClose={() => setEdited(null)} />}
    </PageFrame>
  )
}

function RuleRow({ row, settings, onEdit }: { row: Row; settings: GuardSettings; onEdit: () => void }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const me = useMe()
  const mayChange = me.permissions.includes('workspace.manage')
  const changed = row.fields.some((name) => settings.chosen.includes(name))
  const name = t(`rules.row.${row.id}`)
  return (
    <li className="flex items-start justify-between gap-3 border-b border-line py-2.5 last:border-b-0">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-2 text-sm text-muted">
          {name}
          {changed && <Pill tone="accent">{t('rules.changed')}</Pill>}
        </p>
        <p className="text-strong wrap-anywhere">{sentence(row.id, settings.policy, { t, formats })}</p>
      </div>
      {mayChange && <Button small look="quiet" aria-label={t('rules.change_named', { name })} onPress={onEdit}>{t('common.change')}</Button>}
    </li>
  )
}
