import { useQuery } from '@tanstack/react-query'
import { TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Id } from '@/api/types'
import { useFormats } from '@/i18n/format'
import { Answered } from '@/ui/Answered'
import { Segmented } from '@/ui/Segmented'
import { funnelQuery } from './api'

const steps = ['listened', 'met', 'runs', 'watched', 'sent', 'delivered', 'read', 'replied', 'human'] as const

/** From listening to the answer: what became of the rule's work in the last days. */
export function Funnel({ rule }: { rule: Id }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const [days, setDays] = useState<'7' | '30'>('7')
  const query = useQuery(funnelQuery(rule, Number(days)))
  return (
    <div className="flex flex-col items-start gap-3">
      <Segmented label={t('automation.funnel.period')} value={days} onChange={setDays} options={(['7', '30'] as const).map((id) => ({ id, label: formats.days(Number(id)) }))} />
      <Answered query={query}>
        {(funnel) => {
          const shown = steps.filter((step) => step !== 'watched' || funnel.watched > 0)
          const most = Math.max(1, ...shown.map((step) => funnel[step]))
          return (
            <>
              {funnel.too_many_wishes && <TooMany percent={funnel.human_percent} />}
              <dl className="grid w-full max-w-xl grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 gap-y-1.5 text-sm">
                {shown.map((step) => (
                  <div key={step} className="contents">
                    <dt className="min-w-0">
                      {t(`automation.funnel.${step}`)}
                      <span aria-hidden className="mt-0.5 block h-1 rounded-full bg-accent" style={{ inlineSize: `${(funnel[step] / most) * 100}%` }} />
                    </dt>
                    <dd className="text-end font-semibold text-strong tabular-nums">{formats.number(funnel[step])}</dd>
                  </div>
                ))}
              </dl>
              {funnel.limited && <p className="text-xs text-muted">{t('automation.funnel.limited')}</p>}
            </>
          )
        }}
      </Answered>
    </div>
  )
}

/** A rule after whose messages many ask for a person. */
export function TooMany({ percent }: { percent: number }) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <p role="note" className="flex items-start gap-2 rounded-md bg-caution-soft p-2 text-sm text-caution-ink">
      <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0" />
      {t('automation.too_many', { percent: formats.percent(percent / 100) })}
    </p>
  )
}
