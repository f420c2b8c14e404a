import { useTranslation } from 'react-i18next'
import type { Consent } from '@/api/types'
import { UserText } from '@/ui/UserText'
import { When } from '@/ui/When'

/** The ledger: what was agreed when, by which way, with what proof. */
export function ConsentHistory({ consents }: { consents: Consent[] }) {
  const { t } = useTranslation()
  if (consents.length === 0) return null
  return (
    <ol aria-label={t('contact.consent.history')} className="mt-2 flex flex-col gap-1 border-s-2 border-line ps-3 text-sm">
      {consents.map((consent) => (
        <li key={consent.id} className="flex items-baseline gap-2">
          <span className="text-strong">{t(`contact.consent.${consent.state}`)}</span>
          <UserText className="grow text-muted">{[consent.source, consent.proof].filter(Boolean).join(' · ')}</UserText>
          <When at={consent.at} className="shrink-0 text-xs text-faint" />
        </li>
      ))}
    </ol>
  )
}
