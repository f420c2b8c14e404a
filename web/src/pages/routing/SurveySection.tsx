import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { patch } from '@/api/client'
import { templateListQuery } from '@/api/queries'
import { routingKeys, surveySettingsQuery, type SurveySettings } from '@/features/routing/api'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { fieldError, isAtField } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { Section } from '@/ui/Section'
import { Select } from '@/ui/Select'
import { Switch } from '@/ui/Switch'
import { toast } from '@/ui/toast'

/** Whether, when and how customers are asked how satisfied they are. */
export function SurveySection({ may }: { may: boolean }) {
  const { t } = useTranslation()
  const { data } = useQuery(surveySettingsQuery)
  if (!data) return null
  return (
    <Section title={t('survey.settings')} hint={t('survey.settings_hint')}>
      {may ? <SurveyForm key={JSON.stringify(data)} settings={data} /> : <p>{t(data.enabled ? 'survey.is_on' : 'survey.is_off')}</p>}
    </Section>
  )
}

const minute = 60_000
const whole = (text: string, most: number): number | null => (/^\d{1,5}$/.test(text.trim()) && Number(text) <= most ? Number(text) : null)

function SurveyForm({ settings }: { settings: SurveySettings }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const approved = useInfiniteQuery(templateListQuery({ state: 'APPROVED' }))
  const [enabled, setEnabled] = useState(settings.enabled)
  const [delay, setDelay] = useState(String(settings.delay_ms / minute))
  const [days, setDays] = useState(String(settings.every_days))
  const [comment, setComment] = useState(String(settings.comment_ms / minute))
  const [question, setQuestion] = useState(settings.question ?? '')
  const [template, setTemplate] = useState(settings.template ? `${settings.template.name}\n${settings.template.language}` : 'none')
  const numbers = { delay: whole(delay, 10_080), days: whole(days, 3_650), comment: whole(comment, 10_080) }
  const wrong = Object.values(numbers).some((value) => value === null)
  const save = useMutation({
    mutationFn: () => {
      const [name, language] = template.split('\n')
      return patch<SurveySettings>('/surveys/settings', {
        enabled,
        delay_ms: (numbers.delay ?? 0) * minute,
        every_days: numbers.days ?? 0,
        comment_ms: (numbers.comment ?? 0) * minute,
        question: question.trim() || null,
        template: template === 'none' ? null : { name, language },
      })
    },
    onSuccess: (fresh) => {
      client.setQueryData(routingKeys.surveySettings, fresh)
      toast(t('survey.saved'))
    },
  })
  const templates = approved.data?.pages.flatMap((page) => page.items) ?? []
  const chosen = settings.template && !templates.some((one) => `${one.name}\n${one.language}` === template) && template !== 'none' ? [{ id: template, label: template.replace('\n', ' · ') }] : []
  return (
    <form
      className="flex max-w-md flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (!wrong) save.mutate()
      }}
    >
      <Switch label={t('survey.enabled')} isSelected={enabled} onChange={setEnabled} />
      {enabled && (
        <>
          <Field label={t('survey.delay')} value={delay} onChange={setDelay} inputMode="numeric" error={numbers.delay === null ? t('survey.number', { most: 10_080 }) : null} ltr />
          <Field label={t('survey.every')} hint={t('survey.every_hint')} value={days} onChange={setDays} inputMode="numeric" error={numbers.days === null ? t('survey.number', { most: 3_650 }) : null} ltr />
          <Field label={t('survey.comment_time')} hint={t('survey.comment_hint')} value={comment} onChange={setComment} inputMode="numeric" error={numbers.comment === null ? t('survey.number', { most: 10_080 }) : null} ltr />
          <Field label={t('survey.question')} hint={t('survey.question_hint')} value={question} onChange={setQuestion} rows={2} maxLength={1000} />
          <Select
            label={t('survey.template')}
            value={template}
            onChange={setTemplate}
            options={[{ id: 'none', label: t('survey.no_template') }, ...chosen, ...templates.filter((one, at) => templates.findIndex((other) => other.name === one.name && other.language === one.language) === at).map((one) => ({ id: `${one.name}\n${one.language}`, label: `${one.name} · ${one.language}` }))]}
          />
          {fieldError(save.error, 'template') && <ErrorNote error={save.error} />}
        </>
      )}
      {save.isError && !isAtField(save.error, ['template']) && <ErrorNote error={save.error} />}
      <Button look="primary" type="submit" className="self-start" isDisabled={wrong || save.isPending}>{t('common.save')}</Button>
    </form>
  )
}
