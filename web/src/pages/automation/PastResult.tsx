import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { useAmount } from '@/features/cost/amount'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { known } from '@/ui/errors'
import { Pill } from '@/ui/Pill'
import { Segmented } from '@/ui/Segmented'
import { UserText } from '@/ui/UserText'
import { When } from '@/ui/When'
import { TooMany } from './Funnel'
import { Reasons } from './RunList'
import { examplesQuery } from './api'
import { partName } from './describe'
import type { Backtest, Example } from './model'

/** What came of it in words, and examples. */
export function PastResult({ trial }: { trial: Backtest }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { counts } = trial
  const refused = sorted(counts.refused)
  const all = refused.reduce((sum, [, count]) => sum + count, 0)
  const n = formats.number
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-col gap-1">
        <p className="text-strong">
          {counts.written > 0
            ? t('automation.past.wrote', { count: counts.written_customers, n: n(counts.written_customers), messages: n(counts.written) })
            : t('automation.past.ran', { count: counts.run_customers, n: n(counts.run_customers), runs: n(counts.runs) })}
        </p>
        {counts.written > 0 && <Cost trial={trial} />}
        {counts.delayed > 0 && <p>{t('automation.past.delayed', { n: n(counts.delayed) })}</p>}
        {counts.wrote > 0 && <p>{t('automation.past.human', { n: n(counts.human), all: n(counts.wrote) })}</p>}
      </div>
      {counts.too_many_wishes && <TooMany percent={Math.floor((counts.human * 100) / counts.wrote)} />}
      {refused.length > 0 && <Counted title={t('automation.past.refused', { n: n(all) })} rows={refused} word={(code) => known(`automation.step_code.${code}`) ?? known(`guard_rule.${code}`) ?? code} />}
      {counts.listened > counts.runs && <Counted title={t('automation.past.not_run', { n: n(counts.listened - counts.runs), all: n(counts.listened) })} rows={sorted(counts.reasons)} word={(code) => known(`automation.no.${code}`) ?? code} />}
      <Notes trial={trial} />
      {trial.state !== 'running' && counts.listened > 0 && <Examples trial={trial} />}
    </div>
  )
}

const sorted = (counts: Record<string, number>) => Object.entries(counts).sort(([, one], [, other]) => other - one)

function Cost({ trial }: { trial: Backtest }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const shown = useAmount()
  const { written, unpriced, amount_micros: micros } = trial.counts
  if (unpriced === written) return <p>{t('automation.past.no_price')}</p>
  return (
    <p>
      {t('automation.past.cost', { amount: shown(micros, trial.currency) })}
      {unpriced > 0 && <> {t('automation.past.unpriced', { n: formats.number(unpriced) })}</>}
    </p>
  )
}

function Counted({ title, rows, word }: { title: string; rows: [string, number][]; word: (code: string) => string }) {
  const formats = useFormats()
  return (
    <div>
      <h3 className="text-sm">{title}</h3>
      <ul className="flex flex-col gap-0.5 text-sm">
        {rows.map(([code, count]) => (
          <li key={code} className="flex items-baseline gap-2">
            <span className="min-w-0">{word(code)}</span>
            <span className="font-semibold text-strong tabular-nums">{formats.number(count)}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** What is not as it was: said beside every result. */
function Notes({ trial }: { trial: Backtest }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const unheard = trial.unheard.map((on) => partName('on', { on }, t)).join(t('common.list_separator'))
  return (
    <ul aria-label={t('automation.past.notes')} className="flex list-disc flex-col gap-0.5 ps-4 text-xs text-muted">
      {unheard && <li>{t('automation.past.unheard', { triggers: unheard })}</li>}
      <li>{t('automation.past.today')}</li>
      <li>{t('automation.past.alone')}</li>
      {trial.counts.cut > 0 && <li>{t('automation.past.cut', { n: formats.number(trial.counts.cut) })}</li>}
      {trial.limited && <li>{t('automation.past.limited', { done: formats.number(trial.done), all: formats.number(trial.total) })}</li>}
    </ul>
  )
}

function Examples({ trial }: { trial: Backtest }) {
  const { t } = useTranslation()
  const none = trial.counts.runs === 0
  const [which, setWhich] = useState<'ran' | 'skipped'>(none ? 'skipped' : 'ran')
  const query = useInfiniteQuery(examplesQuery(trial.id, which === 'skipped'))
  const examples = query.data?.pages.flat() ?? []
  return (
    <div className="flex flex-col items-start gap-2">
      <Segmented label={t('automation.past.examples')} value={which} onChange={setWhich} options={[{ id: 'ran', label: t('automation.past.would') }, { id: 'skipped', label: t('automation.past.would_not') }]} />
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      <ul aria-label={t('automation.past.examples')} className="w-full">
        {examples.map((example, at) => <Row key={at} example={example} />)}
      </ul>
      {query.hasNextPage && <Button look="quiet" onPress={() => void query.fetchNextPage()} isDisabled={query.isFetchingNextPage}>{t('common.more')}</Button>}
    </div>
  )
}

function Row({ example }: { example: Example }) {
  const { t } = useTranslation()
  return (
    <li className="border-b border-line last:border-b-0">
      <details>
        <summary className="hit flex cursor-default flex-wrap items-center gap-x-2 gap-y-1 py-2">
          <UserText className="min-w-0 truncate font-semibold text-strong">{example.contact_name}</UserText>
          <span className="grow" />
          {example.human && <Pill tone="caution">{t('automation.past.asked')}</Pill>}
          <When at={example.at} className="text-sm text-muted" />
        </summary>
        <div className="flex flex-col gap-3 pb-3 text-sm">
          {example.conversation_id && (
            <Link to="/inbox/$conversationId" params={{ conversationId: example.conversation_id }} search={{ status: 'any', ...(example.message_id ? { m: example.message_id } : {}) }} className="link hit inline-flex w-fit items-center">
              {t('automation.past.open')}
            </Link>
          )}
          <Reasons of={example} />
        </div>
      </details>
    </li>
  )
}
