import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Check, Minus } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { get } from '@/api/client'
import type { Id } from '@/api/types'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { known } from '@/ui/errors'
import { Loading } from '@/ui/Loading'
import { Pill, type Tone } from '@/ui/Pill'
import { UserText } from '@/ui/UserText'
import { When } from '@/ui/When'
import { runsQuery } from './api'
import { partName, subjectOf } from './describe'
import type { Explained, Reasoned, Run } from './model'

const tones: Record<string, Tone> = { done: 'positive', waiting: 'info', acting: 'info', ended: 'neutral', skipped: 'neutral' }

/** What rules did and did not do, newest first, each with its reasons. */
export function RunList({ rule }: { rule?: Id }) {
  const { t } = useTranslation()
  const query = useInfiniteQuery(runsQuery(rule))
  const runs = query.data?.pages.flatMap((page) => page.items) ?? []
  if (query.isPending) return <Loading rows={3} />
  if (query.isError && !query.data) return <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
  if (runs.length === 0) return <p className="text-muted">{t('automation.no_runs')}</p>
  return (
    <>
      <ul aria-label={t('automation.runs')}>
        {runs.map((run) => (
          <li key={run.id} className="border-b border-line last:border-b-0">
            <details>
              <summary className="hit flex cursor-default flex-wrap items-center gap-x-2 gap-y-1 py-2">
                <UserText className="min-w-0 truncate font-semibold text-strong">{run.contact_name}</UserText>
                {!rule && <UserText className="min-w-0 truncate text-muted">{run.rule_name}</UserText>}
                <span className="grow" />
                {run.shadow && run.state !== 'skipped' && <Pill tone="accent">{t('automation.watched')}</Pill>}
                <Pill tone={tones[run.state]}>{t(`automation.state.${run.state}` as 'automation.state.done')}</Pill>
                <When at={run.began_at} className="text-sm text-muted" />
              </summary>
              <div className="flex flex-col gap-3 pb-3 text-sm">
                <Link to="/contacts/$contactId" params={{ contactId: run.contact_id }} className="link hit inline-flex w-fit items-center">{t('automation.to_contact')}</Link>
                <Reasons of={run} />
                <Again run={run} />
              </div>
            </details>
          </li>
        ))}
      </ul>
      {query.hasNextPage && <Button look="quiet" onPress={() => void query.fetchNextPage()} isDisabled={query.isFetchingNextPage}>{t('common.more')}</Button>}
    </>
  )
}

/** Every check, every condition with its value, every step. */
export function Reasons({ of: run }: { of: Reasoned }) {
  const { t } = useTranslation()
  return (
    <>
      {run.reason && <p className="text-strong">{t(`automation.no.${run.reason}` as 'automation.no.conditions')}</p>}
      <ul aria-label={t('automation.checks')} className="flex flex-col gap-1">
        {run.checks.filter(({ check }) => check !== 'conditions').map(({ check, met, found }) => (
          <Line key={check} met={met}>
            {t(`automation.check.${check}` as 'automation.check.trigger')}
            {(typeof found === 'number' || typeof found === 'string') && <Value value={found} />}
          </Line>
        ))}
      </ul>
      <div>
        <h3 className="text-sm">{t('automation.conditions')}</h3>
        <ul className="flex flex-col gap-1"><Answer explained={run.conditions} /></ul>
      </div>
      {run.steps.length > 0 && (
        <div>
          <h3 className="text-sm">{t('automation.steps')}</h3>
          <ol className="flex flex-col gap-1">
            {run.steps.map((step) => (
              <Line key={step.path} met={step.state !== 'refused'}>
                {partName('do', step.step, t)}
                {step.state !== 'done' && step.code && <> — {known(`automation.step_code.${step.code}`) ?? known(`error.code.${step.code}`) ?? known(`guard_rule.${step.code}`) ?? <UserText>{step.detail ?? step.code}</UserText>}</>}
                {step.state === 'later' && <> ({t('automation.later')})</>}
              </Line>
            ))}
          </ol>
        </div>
      )}
    </>
  )
}

/** What the rule would do for the same customer now. */
function Again({ run }: { run: Run }) {
  const { t } = useTranslation()
  const ask = useMutation({ mutationFn: () => get<Reasoned & { runs: boolean }>(`/rules/${run.rule_id}/why`, { contact_id: run.contact_id }) })
  return (
    <div className="flex flex-col items-start gap-2">
      <Button small onPress={() => ask.mutate()} isDisabled={ask.isPending}>{t('automation.ask')}</Button>
      {ask.isError && <ErrorNote error={ask.error} />}
      {ask.data && (
        <div role="status" className="flex flex-col gap-3 border-s-2 border-line ps-3">
          {ask.data.runs && <p className="text-strong">{t('automation.would')}</p>}
          <Reasons of={ask.data} />
        </div>
      )}
    </div>
  )
}

function Line({ met, children }: { met: boolean; children: React.ReactNode }) {
  const { t } = useTranslation()
  const Icon = met ? Check : Minus
  return (
    <li className="flex items-baseline gap-2">
      <Icon size={14} role="img" aria-label={t(met ? 'automation.met' : 'automation.not_met')} className={met ? 'shrink-0 translate-y-0.5 text-positive-ink' : 'shrink-0 translate-y-0.5 text-danger-ink'} />
      <span className="min-w-0">{children}</span>
    </li>
  )
}

/** A value as people read it; nothing is a dash. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return value.map(shown).join(', ') || '–'
  if (value === null || value === undefined || value === '') return '–'
  if (typeof value === 'object' && 'time' in value) return String(value.time)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const Value = ({ value }: { value: unknown }) => <> <bdi dir="auto" className="font-semibold text-strong wrap-anywhere">{shown(value)}</bdi></>

/** One condition with its answer; groups with theirs inside. */
function Answer({ explained }: { explained: Explained }) {
  const { t } = useTranslation()
  const inner = Array.isArray(explained.of) ? explained.of : typeof explained.of === 'object' ? [explained.of] : []
  if (explained.type === 'all' || explained.type === 'any' || explained.type === 'not') {
    if (inner.length === 0) return <Line met={explained.met}>{t(explained.type === 'any' ? 'automation.empty_any' : 'automation.empty_all')}</Line>
    return (
      <Line met={explained.met}>
        {t(`automation.condition.${explained.type}`)}
        <ul className="mt-1 flex flex-col gap-1 border-s-2 border-line ps-3">{inner.map((one, at) => <Answer key={at} explained={one} />)}</ul>
      </Line>
    )
  }
  const name = subjectOf(explained, t)
  return (
    <Line met={explained.met}>
      <bdi>{name}</bdi>
      {explained.is && <> {t(`automation.is.${explained.is}` as 'automation.is.is')}</>}
      {explained.type === 'time' ? <Value value={`${explained.from}–${explained.to}`} /> : explained.value !== undefined && <Value value={explained.value} />}
      {' · '}{t('automation.found')}<Value value={explained.found} />
    </Line>
  )
}
