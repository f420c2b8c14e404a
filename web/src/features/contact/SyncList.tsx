import { Check, Clock, ExternalLink, TriangleAlert } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import type { SyncState } from '@/api/types'
import { Pill } from '@/ui/Pill'
import { UserText } from '@/ui/UserText'
import { When } from '@/ui/When'

const looks = {
  in_step: { icon: Check, tone: 'positive' },
  waiting: { icon: Clock, tone: 'caution' },
  failed: { icon: TriangleAlert, tone: 'danger' },
} as const

/** Whether each connected CRM has the same as we have. */
export function SyncList({ sync }: { sync: SyncState[] }) {
  const { t } = useTranslation()
  if (sync.length === 0) return <p className="text-sm text-muted">{t('contact.sync.none')}</p>
  return (
    <ul className="flex flex-col gap-2">
      {sync.map((state) => {
        const { icon, tone } = looks[state.state]
        return (
          <li key={state.connection_id} className="text-sm">
            <div className="flex items-center gap-2">
              <UserText className="grow truncate text-strong">{state.connection_name}</UserText>
              <Pill icon={icon} tone={tone}>{t(`contact.sync.${state.state}`)}</Pill>
            </div>
            <p className="flex flex-wrap items-center gap-x-2 text-xs text-muted">
              {state.at !== null && <When at={state.at} />}
              {state.remote_url && (
                <a href={state.remote_url} target="_blank" rel="noreferrer noopener" className="inline-flex items-center gap-1 text-accent-ink underline underline-offset-2">
                  {t('contact.sync.open_remote')}
                  <ExternalLink size={11} aria-hidden className="mirror" />
                </a>
              )}
            </p>
            {state.error && <p className="text-xs text-danger-ink"><UserText>{state.error}</UserText></p>}
          </li>
        )
      })}
    </ul>
  )
}
