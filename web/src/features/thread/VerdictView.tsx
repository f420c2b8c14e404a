import { Check, ShieldAlert, ShieldCheck, ShieldX, X } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Check as CheckRow, Verdict } from '@/api/types'
import { useFormats } from '@/i18n/format'
import { useMachineWords } from '@/i18n/machine'
import { cx } from '@/ui/cx'
import { useFigures } from './figures'

const looks = {
  allow: { icon: ShieldCheck, tone: 'text-positive' },
  delay: { icon: ShieldAlert, tone: 'text-caution' },
  refuse: { icon: ShieldX, tone: 'text-danger' },
} as const

/** The guard's judgement: one sentence, then each rule with the value of that moment and its limit; rules that did not apply fold away. */
export function VerdictView({ verdict }: { verdict: Verdict }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const words = useMachineWords()
  const { icon: Icon, tone } = looks[verdict.outcome] ?? looks.allow
  const idle = verdict.checks.filter((check) => check.passed && check.note_key.endsWith('.not_needed'))
  const judged = verdict.checks.filter((check) => !idle.includes(check)).sort((a, b) => Number(a.passed) - Number(b.passed))
  return (
    <div className="flex flex-col gap-2.5">
      <p className="flex items-start gap-2">
        <Icon size={18} strokeWidth={1.75} aria-hidden className={cx('mt-px shrink-0', tone)} />
        <span>
          <span className="font-semibold text-strong">{t(`why.outcome.${verdict.outcome}`)}</span> {words.summary(verdict)}
          {verdict.until !== null && <span className="block text-sm text-muted">{t('why.until', { time: formats.exact(verdict.until) })}</span>}
        </span>
      </p>
      <ul className="flex flex-col gap-2">
        {judged.map((check) => <CheckLine key={check.rule} check={check} />)}
      </ul>
      {idle.length > 0 && (
        <details className="text-sm">
          <summary className="cursor-default py-1 text-muted hover:text-strong">{t('why.not_applied', { count: idle.length })}</summary>
          <ul className="flex flex-col gap-2 pt-1.5">
            {idle.map((check) => <CheckLine key={check.rule} check={check} />)}
          </ul>
        </details>
      )}
    </div>
  )
}

function CheckLine({ check }: { check: CheckRow }) {
  const { t } = useTranslation()
  const words = useMachineWords()
  const figures = useFigures()(check)
  const reason = reasonOf(check)
  const Mark = check.passed ? Check : X
  return (
    <li className="flex items-baseline gap-2 text-sm">
      <Mark size={13} strokeWidth={2.5} role="img" aria-label={check.passed ? t('why.passed') : t('why.not_passed')} className={cx('translate-y-0.5 shrink-0', check.passed ? 'text-positive' : 'text-danger')} />
      <div className="min-w-0 grow">
        <p className="flex items-baseline justify-between gap-3">
          <span className="text-strong">{words.rule(check.rule)}</span>
          {figures && <bdi dir="auto" className="min-w-0 text-end text-xs text-muted tabular-nums wrap-anywhere">{figures}</bdi>}
        </p>
        <p className="text-xs text-muted">
          {words.note(check)}
          {reason && <> <bdi dir="auto" className="wrap-anywhere">{reason}</bdi></>}
        </p>
      </div>
    </li>
  )
}

/** The provider's own words, or the part of the template that does not fit. */
function reasonOf({ params }: CheckRow): string | null {
  if (typeof params !== 'object' || params === null) return null
  const { reason, component } = params as Record<string, unknown>
  return typeof reason === 'string' ? reason : typeof component === 'string' ? component : null
}
