import { Check, ShieldAlert, ShieldCheck, ShieldX, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Check as CheckRow, Verdict } from '@/api/types'
import { useFormats } from '@/i18n/format'
import { cx } from '@/ui/cx'

const looks = {
  allow: { icon: ShieldCheck, tone: 'text-positive' },
  delay: { icon: ShieldAlert, tone: 'text-caution' },
  refuse: { icon: ShieldX, tone: 'text-danger' },
} as const

/** The guard's judgement: one sentence, then each rule with the value of that moment and its limit. */
export function VerdictView({ verdict }: { verdict: Verdict }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { icon: Icon, tone } = looks[verdict.outcome] ?? looks.allow
  return (
    <div className="flex flex-col gap-2">
      <p className="flex items-start gap-2">
        <Icon size={18} strokeWidth={1.75} aria-hidden className={cx('mt-px shrink-0', tone)} />
        <span>
          <span className="font-semibold text-strong">{t(`why.outcome.${verdict.outcome}`)}</span>{' '}
          <bdi dir="auto">{verdict.summary}</bdi>
          {verdict.until !== null && <span className="block text-sm text-muted">{t('why.until', { time: formats.exact(verdict.until) })}</span>}
        </span>
      </p>
      <ul className="flex flex-col gap-1.5">
        {verdict.checks.map((check) => (
          <CheckLine key={check.rule} check={check} />
        ))}
      </ul>
    </div>
  )
}

function CheckLine({ check }: { check: CheckRow }) {
  const { t } = useTranslation()
  const Mark = check.passed ? Check : X
  const figures = [check.value, check.limit].filter((part) => part !== null && part !== undefined && part !== '')
  return (
    <li className="flex items-baseline gap-2 text-sm">
      <Mark size={13} strokeWidth={2.5} role="img" aria-label={check.passed ? t('why.passed') : t('why.not_passed')} className={cx('translate-y-0.5 shrink-0', check.passed ? 'text-positive' : 'text-danger')} />
      <span className="grow">
        <bdi dir="auto">{check.detail ?? check.rule}</bdi>
      </span>
      {figures.length > 0 && <span dir="ltr" className="shrink-0 text-muted">{figures.join(' / ')}</span>}
    </li>
  )
}
