import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { GraduationCap } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { ApiError, post } from '@/api/client'
import { keys } from '@/api/keys'
import type { Practice, PracticeRun, PracticeScenario } from '@/api/types'
import { endPractice, enterPractice, lookAgain, practiceQuery } from '@/features/practice/api'
import { Answered } from '@/ui/Answered'
import { Button } from '@/ui/Button'
import { Confirm } from '@/ui/Confirm'
import { Empty } from '@/ui/Empty'
import { errorText } from '@/ui/errors'
import { PageFrame } from '@/ui/PageFrame'
import { Pill } from '@/ui/Pill'
import { Section } from '@/ui/Section'
import { toast } from '@/ui/toast'
import { When } from '@/ui/When'
import { Debrief } from './Debrief'

/** Scripted customers to learn with: go in, choose a scenario, answer in the inbox, and read here how it went. */
export function PracticePage() {
  const { t } = useTranslation()
  const query = useQuery({ ...practiceQuery, refetchInterval: ({ state }) => (state.data?.inside ? lookAgain : false) })
  const enter = useMutation({ mutationFn: enterPractice, onError: (error) => toast(errorText(error, t), 'danger') })
  const practice = query.data
  const enterButton = <Button look="primary" onPress={() => enter.mutate()} isDisabled={enter.isPending}><GraduationCap size={16} aria-hidden />{t('practice.enter')}</Button>
  return (
    <PageFrame title={t('practice.title')} lead={t('practice.lead')} actions={practice && !practice.inside && practice.may_practise && practice.runs.length > 0 && enterButton}>
      <Answered query={query}>
        {(data) => (
          <>
            {!data.inside && data.runs.length === 0 && <Empty ghost={<GhostScenarios scenarios={data.scenarios} />} title={t('practice.none_title')} text={data.may_practise ? t('practice.none_text') : t('error.forbidden')}>{data.may_practise && enterButton}</Empty>}
            {data.inside && <Scenarios practice={data} />}
            {data.runs.some((run) => run.debrief) && <Runs runs={data.runs} inside={data.inside} />}
            {data.open && data.may_end && <Ending />}
          </>
        )}
      </Answered>
    </PageFrame>
  )
}

/** What waits inside, as a foretaste. */
function GhostScenarios({ scenarios }: { scenarios: PracticeScenario[] }) {
  const { t } = useTranslation()
  return (
    <ul className="flex flex-col gap-2 text-start">
      {scenarios.slice(0, 4).map(({ kind }) => (
        <li key={kind} className="rounded-lg border border-line px-3 py-2">
          <span className="block truncate text-base text-strong">{t(`practice.scenario.${kind}.title`)}</span>
          <span className="block truncate text-sm text-muted">{t(`practice.scenario.${kind}.text`)}</span>
        </li>
      ))}
    </ul>
  )
}

function Scenarios({ practice }: { practice: Practice }) {
  const { t } = useTranslation()
  const full = practice.runs.filter((run) => run.state === 'running').length >= practice.running_most
  return (
    <Section title={t('practice.choose')} hint={t('practice.choose_hint', { n: practice.running_most })}>
      <ul aria-label={t('practice.choose')}>
        {practice.scenarios.map((scenario) => <Scenario key={scenario.kind} scenario={scenario} run={practice.runs.find((run) => run.scenario === scenario.kind && run.state === 'running')} full={full} />)}
      </ul>
    </Section>
  )
}

function Scenario({ scenario, run, full }: { scenario: PracticeScenario; run: PracticeRun | undefined; full: boolean }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const title = t(`practice.scenario.${scenario.kind}.title`)
  const start = useMutation({
    mutationFn: () => post<PracticeRun>(`/practice/scenarios/${scenario.kind}`),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.practice }),
    onError: (error) => toast(error instanceof ApiError && error.code === 'practice_full' ? t('practice.full') : errorText(error, t), 'danger'),
  })
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line py-3 last:border-b-0">
      <div className="min-w-48 grow basis-0">
        <h3 className="flex flex-wrap items-center gap-2 text-base text-strong">
          {title}
          {scenario.running ? <Pill tone="info">{t('practice.running')}</Pill> : scenario.done && <Pill tone="positive">{t('practice.done')}</Pill>}
        </h3>
        <p className="text-sm text-muted">{t(`practice.scenario.${scenario.kind}.text`)}</p>
      </div>
      {run?.conversation_id
        ? <Link to="/inbox/$conversationId" params={{ conversationId: run.conversation_id }} className="hit inline-flex items-center rounded-md bg-accent px-3 font-semibold text-on-accent hover:bg-accent-hover" aria-label={`${t('practice.open')}: ${title}`}>{t('practice.open')}</Link>
        : <Button onPress={() => start.mutate()} isDisabled={full || scenario.running || start.isPending} aria-label={`${t('practice.start')}: ${title}`}>{scenario.running ? t('practice.coming') : t('practice.start')}</Button>}
    </li>
  )
}

function Runs({ runs, inside }: { runs: PracticeRun[]; inside: boolean }) {
  const { t } = useTranslation()
  return (
    <Section title={t('practice.debriefs')} hint={t('practice.debriefs_hint')}>
      <ul aria-label={t('practice.debriefs')} className="flex flex-col gap-3">
        {runs.map((run) => run.debrief && (
          <li key={run.id} className="rounded-lg border border-line p-4">
            <h3 className="flex flex-wrap items-baseline justify-between gap-2 text-base text-strong">
              {t(`practice.scenario.${run.scenario}.title`)}
              {run.ended_at !== null && <span className="text-sm font-normal text-muted"><When at={run.ended_at} /></span>}
            </h3>
            {run.state === 'given_up' && <p className="text-sm text-muted">{t('practice.given_up')}</p>}
            <Debrief debrief={run.debrief} />
            {inside && run.conversation_id && <Link to="/inbox/$conversationId" params={{ conversationId: run.conversation_id }} className="mt-2 inline-flex min-h-6 items-center text-sm text-accent-ink underline underline-offset-2 max-md:min-h-11">{t('practice.reread')}</Link>}
          </li>
        ))}
      </ul>
    </Section>
  )
}

function Ending() {
  const { t } = useTranslation()
  const [asking, setAsking] = useState(false)
  const end = useMutation({ mutationFn: endPractice, onError: (error) => toast(errorText(error, t), 'danger') })
  return (
    <Section title={t('practice.end')} hint={t('practice.end_hint')}>
      <Button look="danger" onPress={() => setAsking(true)} isDisabled={end.isPending}>{t('practice.end')}</Button>
      <Confirm isOpen={asking} title={t('practice.end_title')} text={t('practice.end_text')} verb={t('practice.end')} onClose={() => setAsking(false)} onConfirm={() => end.mutate()} />
    </Section>
  )
}
