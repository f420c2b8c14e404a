import { useQuery } from '@tanstack/react-query'
import { Star } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { useFormats } from '@/i18n/format'
import { Section } from '@/ui/Section'
import { UserText } from '@/ui/UserText'
import { surveysOfQuery } from './api'

/** How satisfied this customer was: the last surveys, with their words. Nothing when they were never asked. */
export function Surveys({ contact }: { contact: string }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { data: surveys = [] } = useQuery(surveysOfQuery(contact))
  if (surveys.length === 0) return null
  return (
    <Section title={t('survey.title')}>
      <ul className="flex flex-col gap-2">
        {surveys.map((survey) => (
          <li key={survey.id} className="text-sm">
            <p className="flex items-center justify-between gap-2">
              {survey.score === null ? <span className="text-muted">{t('survey.no_answer')}</span> : <Score value={survey.score} />}
              {survey.asked_at !== null && <time dateTime={new Date(survey.asked_at).toISOString()} title={formats.exact(survey.asked_at)} className="text-xs text-muted">{formats.moment(survey.asked_at)}</time>}
            </p>
            {survey.comment && <UserText className="mt-0.5 block text-ink wrap-anywhere">{survey.comment}</UserText>}
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** A score as a figure and stars; the figure is what is read out. */
export function Score({ value }: { value: number }) {
  const { t } = useTranslation()
  return (
    <span className="inline-flex items-center gap-1.5">
      <span className="font-semibold text-strong tabular-nums">{t('survey.of_five', { score: value })}</span>
      <span aria-hidden className="inline-flex">
        {[1, 2, 3, 4, 5].map((at) => <Star key={at} size={13} strokeWidth={1.75} className={at <= value ? 'fill-caution text-caution-ink' : 'text-faint'} />)}
      </span>
    </span>
  )
}
