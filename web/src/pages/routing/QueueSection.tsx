import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from '@/i18n/useTranslation'
import { queueQuery } from '@/features/routing/api'
import { useFormats } from '@/i18n/format'
import { useNow } from '@/live/clock'
import { Answered } from '@/ui/Answered'
import { Section } from '@/ui/Section'
import { UserText } from '@/ui/UserText'

/** Which conversations wait for an agent, and for what. */
export function QueueSection({ automatic }: { automatic: boolean }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const now = useNow()
  const query = useQuery({ ...queueQuery, enabled: automatic })
  if (!automatic) return null
  return (
    <Section title={t('routing.queue')} hint={t('routing.queue_hint')}>
      <Answered query={query}>
        {(waiting) => (
          <>
            {waiting.length === 0 && <p className="text-muted">{t('routing.queue_empty')}</p>}
            <ul aria-label={t('routing.queue')}>
              {waiting.map((one) => (
                <li key={one.conversation_id} className="flex min-h-11 flex-wrap items-baseline gap-x-3 border-b border-line py-2 last:border-b-0">
                  <Link to="/inbox/$conversationId" params={{ conversationId: one.conversation_id }} search={{ view: 'unassigned' }} className="min-w-0 truncate font-semibold text-strong underline-offset-4 hover:underline"><UserText>{one.contact_name || t('contact.no_name')}</UserText></Link>
                  <span title={formats.exact(one.since)} className="text-sm text-muted">{t('routing.waits_for', { span: formats.span(Math.max(now - one.since, 60_000)) })}</span>
                  <span className="grow text-sm text-ink">
                    {one.reason === 'nobody_available' && one.opens_at !== null ? t('routing.waits.until', { time: formats.moment(one.opens_at) }) : t(`routing.waits.${(one.reason ?? 'soon') as 'soon'}`)}
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
      </Answered>
    </Section>
  )
}
