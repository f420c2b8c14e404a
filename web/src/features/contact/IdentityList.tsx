import { useTranslation } from '@/i18n/useTranslation'
import type { TFunction } from 'i18next'
import type { Contact } from '@/api/types'

const kinds = ['phone', 'wa_id', 'bsuid', 'parent_bsuid', 'email'] as const

function kindOf(kind: string, t: TFunction): string {
  const known = kinds.find((candidate) => candidate === kind)
  return known ? t(`contact.identity.${known}`) : kind.replaceAll('_', ' ')
}

/** Every name by which systems know this person. */
export function IdentityList({ identities }: { identities: Contact['identities'] }) {
  const { t } = useTranslation()
  if (identities.length === 0) return <p className="text-sm text-muted">{t('contact.no_identities')}</p>
  return (
    <ul className="flex flex-col gap-1.5 text-sm">
      {identities.map((identity) => (
        <li key={identity.kind + identity.value} className="flex items-baseline justify-between gap-3">
          <span className="shrink-0 text-muted">{kindOf(identity.kind, t)}</span>
          <bdi dir="ltr" className="truncate font-mono text-xs text-strong" title={identity.value}>{identity.value}</bdi>
        </li>
      ))}
    </ul>
  )
}
