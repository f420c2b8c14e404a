import { useTranslation } from '@/i18n/useTranslation'
import type { Consent } from '@/api/types'
import { UserText } from '@/ui/UserText'
import { When } from '@/ui/When'

const sources = ['keyword', 'whatsapp_preference', 'error_131050'] as const

/** The ledger: what was agreed when, by which way, with what proof. */
export function ConsentHistory({ consents }: { consents: Consent[] }) {
  const { t } = useTranslation()
  if (consents.length === 0) return null
  return (
    <ol aria-label={t('contact.consent.history')} className="mt-2 flex flex-col gap-1 border-s-2 border-line ps-3 text-sm">
      {consents.map((consent) => (
        <li key={consent.id} className="flex items-baseline gap-2">
          <span className="text-strong">{t(`contact.consent.${consent.state}`)}</span>
          <Source consent={consent} />
          <When at={consent.at} className="shrink-0 text-xs text-faint" />
        </li>
      ))}
    </ol>
  )
}

/** How it was given; what the program noted itself is said in words, its proof stays readable as it is. */
function Source({ consent }: { consent: Consent }) {
  const { t } = useTranslation()
  const own = sources.find((source) => source === consent.source)
  const proof = own === 'keyword' ? '' : consent.proof
  return <UserText className="grow text-muted">{[own ? t(`contact.consent.by.${own}`) : consent.source, proof].filter(Boolean).join(' · ')}</UserText>
}
