import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { patch } from '@/api/client'
import { routingKeys, surveySettingsQuery, type SurveySettings, type TemplateName } from '@/features/routing/api'
import { wholeNumber } from '@/i18n/digits'
import { Answered } from '@/ui/Answered'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { fieldError, isAtField } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { Section } from '@/ui/Section'
import { Switch } from '@/ui/Switch'
import { toast } from '@/ui/toast'
import { TemplateSelect } from './TemplateSelect'

/** Whether, when and how customers are asked how satisfied they are. */
export function SurveySection({ may }: { may: boolean }) {
  const { t } = useTranslation()
  const query = useQuery(surveySettingsQuery)
  return (
    <Section title={t('survey.settings')} hint={t('survey.settings_hint')}>
      <Answered query={query} rows={3}>{(data) => (may ? <SurveyForm key={JSON.stringify(data)} settings={data} /> : <p>{t(data.enabled ? 'survey.is_on' : 'survey.is_off')}</p>)}</Answered>
    </Section>
  )
}

const minute = 60_000

function SurveyForm({ settings }: { settings: SurveySettings }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [enabled, setEnabled] = useState(settings.enabled)
  const [delay, setDelay] = useState(String(settings.delay_ms / minute))
  const [days, setDays] = useState(String(settings.every_days))
  const [comment, setComment] = useState(String(settings.comment_ms / minute))
  const [question, setQuestion] = useState(settings.question ?? '')
  const [template, setTemplate] = useState<TemplateName | null>(settings.template)
  const numbers = { delay: wholeNumber(delay, 10_080), days: wholeNumber(days, 3_650), comment: wholeNumber(comment, 10_080) }
  const wrong = Object.values(numbers).some((value) => value === null)
  const save = useMutation({
    mutationFn: () =>
      patch<SurveySettings>('/surveys/settings', {
        enabled,
        delay_ms: (numbers.delay ?? 0) * minute,
        every_days: numbers.days ?? 0,
        comment_ms: (numbers.comment ?? 0) * minute,
        question: question.trim() || null,
        template,
      }),
    onSuccess: (fresh) => {
      client.setQueryData(routingKeys.surveySettings, fresh)
      toast(t('survey.saved'))
    },
  })
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
          <TemplateSelect label={t('survey.template')} none={t('survey.no_template')} clearable value={template} onChange={setTemplate} />
          {fieldError(save.error, 'template') && <ErrorNote error={save.error} />}
        </>
      )}
      {save.isError && !isAtField(save.error, ['template']) && <ErrorNote error={save.error} />}
      <Button look="primary" type="submit" className="self-start" isDisabled={wrong || save.isPending}>{t('common.save')}</Button>
    </form>
  )
}
