import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { ApiError, patch, post } from '@/api/client'
import { keys } from '@/api/keys'
import type { Channel, Template } from '@/api/types'
import { categories, type Draft } from '@/features/template/draft'
import { languages } from '@/features/template/languages'
import { problemText, request, useProblems, type Problems } from '@/features/template/problems'
import { TemplateBubble } from '@/features/template/TemplateBubble'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { Field } from '@/ui/Field'
import { PageFrame } from '@/ui/PageFrame'
import { Section } from '@/ui/Section'
import { Segmented } from '@/ui/Segmented'
import { Select } from '@/ui/Select'
import { toast } from '@/ui/toast'
import { ButtonsPart } from './ButtonsPart'
import { CarouselPart, ShapePart } from './CarouselPart'
import { CodePart } from './CodePart'
import { HeaderPart } from './HeaderPart'
import { BodyPart } from './BodyPart'

interface Props {
  start: Draft
  channel: string
  channels: Channel[]
  /** The template that is changed; left out = a new one. */
  edits?: Template
  /** It stands in another language already: name and kind stay. */
  translates?: boolean
}

export interface PartProps {
  draft: Draft
  set: (part: Partial<Draft>) => void
  /** What is wrong at a field; nothing about empty fields before the first try to submit. */
  error: (field: string) => string | null
}

/** Writing a template, with what the customer will see and what WhatsApp would refuse beside it. */
export function TemplateEditor({ start, channel: home, channels, edits, translates }: Props) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState(start)
  const [channel, setChannel] = useState(home)
  const [tried, setTried] = useState(false)
  const problems = useProblems(draft, channel)
  const submit = useSubmit(draft, channel, edits)
  const set = (part: Partial<Draft>) => setDraft((old) => ({ ...old, ...part }))
  const error = (field: string) => {
    const problem = problems.all.length ? problems.at(field) : null
    return problem && (tried || !problems.isEmptyField(field)) ? problem : null
  }
  const coded = draft.category === 'AUTHENTICATION'
  const title = edits ? t('templates.edit_title', { name: edits.name }) : translates ? t('templates.translate_title', { name: start.name }) : t('templates.new')
  return (
    <PageFrame wide title={title}>
      <form
        // The browser must not hold it back: what is wrong is listed beside the button, and the server knows best.
        noValidate
        className="grid items-start gap-x-10 gap-y-4 md:grid-cols-[minmax(0,1fr)_22rem]"
        onSubmit={(event) => {
          event.preventDefault()
          setTried(true)
          const files = event.currentTarget.querySelectorAll<HTMLInputElement>('input[type=file]')
          // But for a file that is on its way, it would be sent with the old one.
          if (problems.clean && [...files].every((file) => file.reportValidity())) submit.mutate()
        }}
      >
        <div>
          {edits?.status === 'APPROVED' && <p role="note" className="mb-4 rounded-lg bg-caution-soft p-3 text-caution-ink">{t('templates.edit_hint')}</p>}
          <BasicPart draft={draft} set={set} error={error} fixed={Boolean(edits)} fixedName={Boolean(edits ?? translates)} fixedCategory={edits?.status === 'APPROVED'} channel={channel} channels={channels} setChannel={setChannel} />
          {coded ? (
            <CodePart draft={draft} set={set} error={error} />
          ) : (
            <>
              {!edits && <ShapePart draft={draft} set={set} />}
              {!draft.carousel && <HeaderPart draft={draft} set={set} error={error} channel={channel} />}
              <BodyPart draft={draft} set={set} error={error} fixedFormat={Boolean(edits)} />
              {draft.carousel ? <CarouselPart draft={draft} set={set} error={error} channel={channel} /> : <ButtonsPart draft={draft} set={set} error={error} />}
              {draft.rest.length > 0 && <p role="note" className="rounded-lg bg-sunken p-3 text-sm text-muted">{t('templates.rest')}</p>}
            </>
          )}
        </div>
        <aside className="flex flex-col gap-3 md:sticky md:top-4">
          <TemplateBubble draft={draft} />
          {submit.isError && <SubmitError error={submit.error} />}
          <Button look="primary" type="submit" isDisabled={submit.isPending || !channel}>{edits ? t('templates.submit_edit') : t('templates.submit')}</Button>
          {tried && problems.all.length > 0 ? <ProblemList problems={problems} /> : <p className="text-xs text-muted">{t('templates.submit_hint')}</p>}
        </aside>
      </form>
    </PageFrame>
  )
}

function useSubmit(draft: Draft, channel: string, edits?: Template) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: () => {
      const body = request(draft)
      if (!edits) return post<Template>('/templates', { channel_id: channel, ...body })
      const category = body.category === edits.category ? {} : { category: body.category }
      const ttl = body.message_send_ttl_seconds === undefined ? {} : { message_send_ttl_seconds: body.message_send_ttl_seconds }
      return patch<Template>(`/templates/${edits.id}`, { components: body.components, ...category, ...ttl })
    },
    onSuccess: (template) => {
      client.setQueryData(keys.template(template.id), template)
      void client.invalidateQueries({ queryKey: keys.allTemplates })
      toast(t('templates.submitted'))
      void navigate({ to: '/templates/$templateId', params: { templateId: template.id } })
    },
  })
}

/** WhatsApp's own reason follows our words for it: it may say more. */
function SubmitError({ error }: { error: unknown }) {
  const reason = error instanceof ApiError ? error.reason : null
  return (
    <div className="flex flex-col gap-1">
      <ErrorNote error={error} />
      {reason && <p dir="auto" className="px-1 text-xs text-muted">{reason}</p>}
    </div>
  )
}

function ProblemList({ problems }: { problems: Problems }) {
  const { t } = useTranslation()
  return (
    <div role="alert" className="rounded-lg bg-danger-soft p-3 text-sm text-danger-ink">
      <p className="font-semibold">{t('templates.problems', { count: problems.all.length })}</p>
      <ul className="mt-1 list-disc ps-4">
        {problems.all.slice(0, 8).map((problem) => <li key={`${problem.path} ${problem.code}`}>{problemText(problem)}</li>)}
      </ul>
    </div>
  )
}

interface BasicProps extends PartProps {
  fixed: boolean
  fixedName: boolean
  fixedCategory: boolean
  channel: string
  channels: Channel[]
  setChannel: (id: string) => void
}

function BasicPart({ draft, set, error, fixed, fixedName, fixedCategory, channel, channels, setChannel }: BasicProps) {
  const { t } = useTranslation()
  const formats = useFormats()
  const options = languages.map((id) => ({ id, label: formats.language(id) })).sort((a, b) => a.label.localeCompare(b.label))
  const categoryError = error('category')
  return (
    <Section title={t('templates.basics')}>
      <div className="flex flex-col gap-4">
        {channels.length > 1 && !fixed && <Select label={t('templates.channel')} value={channel} options={channels.map(({ id, name }) => ({ id, label: name }))} onChange={setChannel} />}
        {!fixedName && <Field ltr label={t('templates.name')} hint={t('templates.name_hint')} value={draft.name} error={error('name')} onChange={(name) => set({ name: name.toLowerCase().replace(/[\s-]+/g, '_') })} />}
        {!fixed && <Select label={t('templates.language')} value={draft.language} options={options} onChange={(language) => set({ language })} />}
        <div className="flex flex-col gap-1">
          <span className="text-sm font-semibold text-ink">{t('templates.category')}</span>
          {fixedCategory ? (
            <p className="text-muted">{t(`templates.category_of.${draft.category}`)}</p>
          ) : (
            <span><Segmented label={t('templates.category')} value={draft.category} options={categories.map((id) => ({ id, label: t(`templates.category_of.${id}`) }))} onChange={(category) => set({ category })} /></span>
          )}
          <p className="text-xs text-muted">{t(`templates.category_hint.${draft.category}`)}</p>
          {categoryError && <p className="text-xs text-danger-ink">{categoryError}</p>}
        </div>
        <TriedPart draft={draft} set={set} error={error} />
      </div>
    </Section>
  )
}

const second = 1_000
/** Times to choose from, in seconds; the first and last of a category are WhatsApp's limits. */
const times = { AUTHENTICATION: [30, 60, 300, 600, 900], UTILITY: [30, 300, 3_600, 21_600, 43_200], MARKETING: [43_200, 86_400, 604_800, 2_592_000] } as const

/** How long WhatsApp tries a message whose customer cannot be reached. */
function TriedPart({ draft, set, error }: PartProps) {
  const { t } = useTranslation()
  const formats = useFormats()
  const offered: number[] = [...times[draft.category]]
  const chosen = Number(draft.ttl)
  if (draft.ttl && chosen > 0 && !offered.includes(chosen)) offered.push(chosen)
  const problem = error('message_send_ttl_seconds')
  return (
    <div className="flex flex-col gap-1">
      <Select
        label={t('templates.tried')}
        value={draft.ttl || 'USUAL'}
        options={[{ id: 'USUAL', label: t(`templates.tried_usual.${draft.category}`) }, ...offered.sort((a, b) => a - b).map((seconds) => ({ id: String(seconds), label: formats.span(seconds * second) })), ...(draft.ttl === '-1' ? [{ id: '-1', label: formats.span(2_592_000 * second) }] : [])]}
        onChange={(ttl) => set({ ttl: ttl === 'USUAL' ? '' : ttl })}
      />
      <p className="text-xs text-muted">{t('templates.tried_hint')}</p>
      {problem && <p className="text-xs text-danger-ink">{problem}</p>}
    </div>
  )
}
