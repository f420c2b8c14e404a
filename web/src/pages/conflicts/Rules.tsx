import { X } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Connection, ConflictCounts, Id } from '@/api/types'
import { isolated } from '@/i18n/direction'
import { IconButton } from '@/ui/IconButton'
import { Section } from '@/ui/Section'
import { UserText } from '@/ui/UserText'
import { fieldText } from './value'

interface Props {
  counts: ConflictCounts
  connections: Connection[]
  manages: boolean
  onForget: (rule: { connection_id: Id; field: string }) => void
}

/** Fields about which nobody is asked any more. */
export function Rules({ counts, connections, manages, onForget }: Props) {
  const { t } = useTranslation()
  const rules = counts.fields.filter((field) => field.prefer !== 'newest')
  if (rules.length === 0) return null
  return (
    <Section title={t('conflict.rules')} hint={t('conflict.rules_hint')}>
      <ul aria-label={t('conflict.rules')}>
        {rules.map((rule) => {
          const system = connections.find((one) => one.id === rule.connection_id)?.name ?? ''
          const name = fieldText(rule.field)
          return (
            <li key={`${rule.connection_id} ${rule.field}`} className="flex min-h-11 items-center gap-3 border-b border-line last:border-b-0">
              <UserText className="grow text-strong">{name}</UserText>
              <span className="text-sm text-muted">{t('conflict.always', { system: isolated(rule.prefer === 'ours' ? 'Rapport' : system) })}</span>
              {manages && <IconButton label={t('conflict.forget', { field: name })} icon={X} onPress={() => onForget(rule)} />}
            </li>
          )
        })}
      </ul>
    </Section>
  )
}
