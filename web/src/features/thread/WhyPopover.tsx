import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/i18n/useTranslation'
import { whyQuery } from '@/api/queries'
import type { Message, MessageCost as Cost } from '@/api/types'
import { MessageCost } from '@/features/cost/MessageCost'
import { useFormats } from '@/i18n/format'
import { ErrorNote } from '@/ui/ErrorNote'
import { UserText } from '@/ui/UserText'
import { When } from '@/ui/When'
import { VerdictView } from './VerdictView'

/** How a try can have ended. */
const outcomes = ['in_flight', 'sent', 'retry', 'failed', 'unknown'] as const

/** Why a message went, waits or was refused: the verdict in a sentence, its checks, the tries, the times. */
export function WhyPopover({ message }: { message: Message }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const query = useQuery(whyQuery(message.id))
  const verdict = query.data?.verdict ?? message.verdict
  const attempts = query.data?.attempts ?? []
  const tried = (outcome: string) => {
    const known = outcomes.find((one) => one === outcome)
    return known ? t(`why.tried.${known}`) : outcome
  }
  const steps = [
    ['queued', message.created_at],
    ['sent', message.sent_at],
    ['delivered', message.delivered_at],
    ['read', message.read_at],
  ] as const
  return (
    <div className="flex flex-col gap-3">
      <h2 className="text-sm">{t('why.title')}</h2>
      {message.cost && <MessageCost cost={message.cost as Cost} />}
      {verdict ? <VerdictView verdict={verdict} /> : <p className="text-muted">{t('why.no_verdict')}</p>}
      <dl className="grid grid-cols-[1fr_auto] gap-x-3 gap-y-1 border-t border-line pt-3 text-sm">
        {steps.map(([name, at]) =>
          at === null ? null : (
            <div key={name} className="contents">
              <dt className="text-muted">{t(`status.${name}`)}</dt>
              <dd title={formats.exact(at)}>{formats.time(at)}</dd>
            </div>
          ),
        )}
      </dl>
      {attempts.length > 0 && (
        <ol className="flex flex-col gap-1 border-t border-line pt-3 text-sm">
          {attempts.map((attempt) => (
            <li key={attempt.n} className="flex items-baseline gap-2">
              <span className="shrink-0 text-muted">{t('why.attempt', { n: attempt.n })}</span>
              <UserText className="grow">{[attempt.detail ?? tried(attempt.outcome), attempt.code].filter(Boolean).join(' · ')}</UserText>
              <When at={attempt.at} className="shrink-0 text-xs text-faint" />
            </li>
          ))}
        </ol>
      )}
      {query.isError && <ErrorNote error={query.error} />}
    </div>
  )
}
