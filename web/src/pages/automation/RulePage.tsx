import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { Trash2 } from 'lucide-react'
import { Suspense, useEffect, useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { patch, post, remove } from '@/api/client'
import { useMe } from '@/features/frame/useMe'
import { isolated } from '@/i18n/direction'
import { Answered } from '@/ui/Answered'
import { Button } from '@/ui/Button'
import { Confirm } from '@/ui/Confirm'
import { ErrorNote } from '@/ui/ErrorNote'
import { Field } from '@/ui/Field'
import { later } from '@/ui/later'
import { Loading } from '@/ui/Loading'
import { PageFrame } from '@/ui/PageFrame'
import { Section } from '@/ui/Section'
import { Switch } from '@/ui/Switch'
import { toast } from '@/ui/toast'
import { ConditionEditor } from './ConditionEditor'
import { FaultNote, Faults, useFault } from './Faults'
import { PartsEditor } from './PartsEditor'
import { Rollout } from './Rollout'
import { RunList } from './RunList'
import { faultsQuery, partsQuery, ruleKeys, ruleQuery } from './api'
import { emptyRule, type Definition, type Parts, type Rule } from './model'

const past = later(() => import('./TryPast').then((module) => module.TryPast))
const funnel = later(() => import('./Funnel').then((module) => module.Funnel))
const versions = later(() => import('./Versions').then((module) => module.Versions))

/** How long nobody types before the draft is looked at, milliseconds. */
const pause = 300

/** One rule: when, if, then, and what came of it. */
export function RulePage() {
  const { ruleId } = useParams({ from: '/app/rules/$ruleId' })
  const isNew = ruleId === 'new'
  // A version that was taken back begins the form anew; what somebody else saves meanwhile does not.
  const [turn, setTurn] = useState(0)
  const parts = useQuery(partsQuery)
  const rule = useQuery({ ...ruleQuery(ruleId), enabled: !isNew })
  return (
    <Answered query={parts}>
      {(offered) => (isNew ? <Editor key="new" rule={null} parts={offered} onRestored={() => undefined} /> : <Answered query={rule}>{(known) => <Editor key={`${known.id} ${turn}`} rule={known} parts={offered} onRestored={() => setTurn(turn + 1)} />}</Answered>)}
    </Answered>
  )
}

function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pause)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}

function Editor({ rule, parts, onRestored }: { rule: Rule | null; parts: Parts; onRestored: () => void }) {
  const { t } = useTranslation()
  const may = useMe().permissions.includes('rule.manage')
  const client = useQueryClient()
  const navigate = useNavigate()
  const [draft, setDraft] = useState<Definition>(rule?.definition ?? emptyRule)
  const [enabled, setEnabled] = useState(rule?.enabled ?? true)
  const [shadow, setShadow] = useState(rule?.shadow ?? false)
  const [dropping, setDropping] = useState(false)
  const faults = useQuery(faultsQuery(useSettled(draft)))
  const done = () => {
    void client.invalidateQueries({ queryKey: ruleKeys.all })
    void navigate({ to: '/rules' })
  }
  const save = useMutation({
    mutationFn: () => (rule ? patch<Rule>(`/rules/${rule.id}`, { enabled, shadow, definition: draft, version: rule.version }) : post<Rule>('/rules', { enabled, shadow, definition: draft })),
    onSuccess: () => {
      toast(t('automation.saved'))
      done()
    },
  })
  const drop = useMutation({ mutationFn: () => remove(`/rules/${rule?.id ?? ''}`), onSuccess: done })
  const change = (next: Partial<Definition>) => setDraft((known) => ({ ...known, ...next }))
  const wrong = (faults.data?.length ?? 0) > 0
  return (
    <PageFrame title={rule ? rule.definition.name : t('automation.add')} lead={t('automation.form_lead')}>
      <Faults value={faults.data ?? []}>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            save.mutate()
          }}
        >
          <Section title={t('automation.about')}><About draft={draft} onChange={change} /></Section>
          <Section title={t('automation.when')} hint={t('automation.when_hint')}><PartsEditor tag="on" list={draft.when} parts={parts} path="when" onChange={(when) => change({ when })} /></Section>
          <Section title={t('automation.if')} hint={t('automation.if_hint')}><ConditionEditor condition={draft.if ?? { type: 'all', of: [] }} parts={parts} path="if" onChange={(condition) => change({ if: condition })} /></Section>
          <Section title={t('automation.then')}><PartsEditor tag="do" list={draft.do} parts={parts} path="do" onChange={(steps) => change({ do: steps })} /></Section>
          <Section title={t('automation.rollout')} hint={t('automation.rollout_hint')}><Rollout draft={draft} onChange={change} /></Section>
          {may && (
            <div className="flex flex-col gap-3 border-t border-line py-4">
              <Switch label={t('automation.on')} isSelected={enabled} onChange={setEnabled} />
              {enabled && <Switch label={t('automation.watch_only')} isSelected={shadow} onChange={setShadow} />}
              {(save.isError || drop.isError) && <ErrorNote error={save.error ?? drop.error} />}
              <div className="flex flex-wrap items-center gap-2">
                <Button look="primary" type="submit" isDisabled={wrong || save.isPending}>{t('common.save')}</Button>
                {rule && <Button look="danger" onPress={() => setDropping(true)}><Trash2 size={15} aria-hidden />{t('automation.delete')}</Button>}
                {wrong && <p role="status" className="text-sm text-muted">{t('automation.faults')}</p>}
              </div>
            </div>
          )}
        </form>
      </Faults>
      <Suspense fallback={<Loading rows={2} />}>
        <Section title={t('automation.past.title')} hint={t('automation.past.hint')}><past.Part rule={rule?.id ?? null} draft={draft} wrong={wrong} may={may} /></Section>
        {rule && <Section title={t('automation.funnel.title')} hint={t('automation.funnel.hint')}><funnel.Part rule={rule.id} /></Section>}
        {rule && <Section title={t('automation.runs')}><RunList rule={rule.id} /></Section>}
        {rule && <Section title={t('automation.versions')}><versions.Part rule={rule} may={may} onRestored={onRestored} /></Section>}
      </Suspense>
      <Confirm title={t('automation.delete')} text={t('automation.delete_text', { name: isolated(draft.name) })} verb={t('automation.delete')} isOpen={dropping} onClose={() => setDropping(false)} onConfirm={() => drop.mutate()} />
    </PageFrame>
  )
}

function About({ draft, onChange }: { draft: Definition; onChange: (next: Partial<Definition>) => void }) {
  const { t } = useTranslation()
  const fault = useFault('name')
  return (
    <div className="flex flex-col gap-3">
      <Field label={t('automation.name')} isRequired maxLength={100} value={draft.name} onChange={(name) => onChange({ name })} error={draft.name ? fault : null} />
      <Field label={t('automation.language')} ltr maxLength={20} value={draft.language ?? ''} onChange={(language) => onChange({ language })} hint={t('automation.language_hint')} />
      <FaultNote path="language" />
      <Switch label={t('automation.during_handover')} isSelected={draft.during_handover === true} onChange={(on) => onChange({ during_handover: on })} />
    </div>
  )
}
