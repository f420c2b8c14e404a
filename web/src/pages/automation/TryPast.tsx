import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { History } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import { channelsQuery, teamsQuery } from '@/api/queries'
import type { Id } from '@/api/types'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { Select } from '@/ui/Select'
import { PastResult } from './PastResult'
import { backtestQuery, lastBacktestQuery, ruleKeys } from './api'
import type { Backtest, Definition } from './model'

const periods = ['7', '30', '90', '365'] as const
const anyone = 'any'

interface Props {
  /** The rule; none while it is new. */
  rule: Id | null
  /** What is tried: what stands in the form. */
  draft: Definition
  wrong: boolean
  may: boolean
}

/** What the rule would have done, if it had been there: a form, how far it is, and what came of it. */
export function TryPast({ rule, draft, wrong, may }: Props) {
  const { t } = useTranslation()
  const formats = useFormats()
  const client = useQueryClient()
  const [days, setDays] = useState<(typeof periods)[number]>('30')
  const [channel, setChannel] = useState(anyone)
  const [team, setTeam] = useState(anyone)
  const [begun, setBegun] = useState<Id | null>(null)
  const { data: channels = [] } = useQuery(channelsQuery)
  const { data: teams = [] } = useQuery(teamsQuery)
  const last = useQuery({ ...lastBacktestQuery(rule ?? ''), enabled: rule !== null })
  const id = begun ?? last.data?.id ?? null
  const trial = useQuery({ ...backtestQuery(id ?? ''), enabled: id !== null })
  const begin = useMutation({
    mutationFn: () => {
      const to = Date.now()
      const chosen = (value: string) => (value === anyone ? null : value)
      const from = to - Number(days) * 86_400_000
      return post<Backtest>('/rules/backtests', { rule_id: rule, definition: draft, from, channel_id: chosen(channel), team_id: chosen(team) })
    },
    onSuccess: (made) => {
      client.setQueryData([...ruleKeys.all, 'backtest', made.id], made)
      setBegun(made.id)
    },
  })
  const stop = useMutation({ mutationFn: () => post<Backtest>(`/rules/backtests/${id ?? ''}/cancel`), onSettled: () => client.invalidateQueries({ queryKey: [...ruleKeys.all, 'backtest'] }) })
  const running = trial.data?.state === 'running'
  const everywhere = (label: string, rows: readonly { id: string; name: string }[]) => [{ id: anyone, label }, ...rows.map(({ id: one, name }) => ({ id: one, label: name, foreign: true }))]
  return (
    <div className="flex flex-col gap-3">
      {may && (
        <>
          <div className="grid gap-2 md:grid-cols-3">
            <Select label={t('automation.past.period')} value={days} onChange={setDays} options={periods.map((one) => ({ id: one, label: formats.days(Number(one)) }))} />
            <Select label={t('automation.past.channel')} value={channel} onChange={setChannel} options={everywhere(t('automation.past.any_channel'), channels)} />
            {teams.length > 0 && <Select label={t('automation.past.team')} value={team} onChange={setTeam} options={everywhere(t('automation.past.any_team'), teams)} />}
          </div>
          <div className="flex flex-wrap items-center gap-2">
            <Button onPress={() => begin.mutate()} isDisabled={wrong || running || begin.isPending}><History size={15} aria-hidden />{t('automation.past.try')}</Button>
            <p className="text-sm text-muted">{t('automation.past.nobody')}</p>
          </div>
        </>
      )}
      {begin.isError && <ErrorNote error={begin.error} />}
      {trial.data && <Trial trial={trial.data} onStop={may ? () => stop.mutate() : undefined} />}
      {!trial.data && !may && <p className="text-muted">{t('automation.past.none')}</p>}
    </div>
  )
}

function Trial({ trial, onStop }: { trial: Backtest; onStop?: () => void }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const period = `${formats.date(trial.from)} – ${formats.date(trial.to)}`
  return (
    <div className="flex flex-col gap-3">
      <div role="status" className="flex flex-col gap-2">
        <p className="text-sm text-muted"><bdi>{period}</bdi>{(trial.state === 'cancelled' || trial.state === 'failed') && <> · {t('automation.past.cancelled')}</>}</p>
        {trial.state === 'running' && (
          <div className="flex items-center gap-3">
            <progress aria-label={t('automation.past.progress')} max={Math.max(1, trial.total)} value={trial.done} className="h-1.5 min-w-0 grow accent-(--accent)" />
            <span className="text-sm text-muted tabular-nums">{formats.percent(trial.total === 0 ? 0 : trial.done / trial.total)}</span>
            {onStop && <Button small onPress={onStop}>{t('automation.past.stop')}</Button>}
          </div>
        )}
        {trial.state === 'done' && <span className="sr-only">{t('automation.past.done')}</span>}
      </div>
      <PastResult trial={trial} />
    </div>
  )
}
