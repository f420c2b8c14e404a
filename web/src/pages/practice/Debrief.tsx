import { Check, Lightbulb } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import type { PracticeDebrief } from '@/api/types'
import { useFormats } from '@/i18n/format'

/** What went well first, then what can go better; facts, told kindly. */
export function Debrief({ debrief }: { debrief: PracticeDebrief }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const points = [...debrief.points.filter((point) => point.good), ...debrief.points.filter((point) => !point.good)]
  const { first_response_ms: first } = debrief
  return (
    <div className="mt-2">
      <p className="text-sm text-muted">
        {first === null ? t('practice.no_answer') : t('practice.first_answer', { span: formats.span(Math.max(first, 1_000)) })}
        {' · '}
        {t('practice.replies', { n: debrief.replies })}
      </p>
      <ul className="mt-2 flex flex-col gap-1.5">
        {points.map(({ name, good }) => (
          <li key={name} className="flex items-start gap-2">
            {good ? <Check size={16} aria-hidden className="mt-0.5 shrink-0 text-positive-ink" /> : <Lightbulb size={16} aria-hidden className="mt-0.5 shrink-0 text-caution-ink" />}
            <span><span className="sr-only">{t(good ? 'practice.went_well' : 'practice.next_time')} </span>{t(`practice.point.${name}.${good ? 'good' : 'better'}`)}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
