import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import { channelsQuery, templatesQuery } from '@/api/queries'
import type { Template } from '@/api/types'
import { BlankField, Preview } from '@/features/composer/TemplateForm'
import { isForPrograms, type Blank, type Filled } from '@/features/composer/templateModel'
import { useMe } from '@/features/frame/useMe'
import { useFormats } from '@/i18n/format'
import { useNow } from '@/live/clock'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { fieldError, isAtField } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { Loading } from '@/ui/Loading'
import { PageFrame } from '@/ui/PageFrame'
import { Section } from '@/ui/Section'
import { Select } from '@/ui/Select'
import { AudiencePart, request, type AudienceDraft } from './AudiencePart'
import { campaignKeys, type Campaign } from './model'
import { isReady, moment, planned } from './when'
import { WhenPart } from './WhenPart'

/** Whether the customer's data or a fall-back fills a blank when nothing is given here. */
const fillsItself = (blank: Blank) => blank.source !== null || blank.fallback !== null

/** What the preview shows in a blank: what was given, else what stands for each customer's own. */
function shown(template: Template, given: Filled): Filled {
  return Object.fromEntries(template.variables.map((blank) => [blank.key, given[blank.key]?.trim() || (fillsItself(blank) ? blank.example || blank.fallback || '' : '')]))
}

/** A campaign is prepared here: what, to whom, when. Nothing is sent before it is looked at once more. */
export function NewCampaignPage() {
  const { t } = useTranslation()
  const channels = useQuery(channelsQuery)
  const allowed = useMe().permissions.includes('campaign.manage')
  if (!allowed) return <PageFrame title={t('campaigns.new')}><p className="text-muted">{t('campaigns.not_allowed')}</p></PageFrame>
  return (
    <PageFrame wide title={t('campaigns.new')} lead={t('campaigns.new_lead')}>
      {channels.isError && <ErrorNote error={channels.error} onRetry={() => void channels.refetch()} />}
      {channels.isPending && <Loading rows={4} />}
      {channels.data?.length === 0 && <p className="text-muted">{t('campaigns.no_channel')}</p>}
      {channels.data?.[0] && <Form first={channels.data[0].id} channels={channels.data.map(({ id, name }) => ({ id, label: name }))} />}
    </PageFrame>
  )
}

function Form({ first, channels }: { first: string; channels: { id: string; label: string }[] }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const navigate = useNavigate()
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [channel, setChannel] = useState(first)
  const [chosen, setChosen] = useState('')
  const [given, setGiven] = useState<Filled>({})
  const [audience, setAudience] = useState<AudienceDraft>({ kind: 'channel', tag: '', text: '' })
  const [when, setWhen] = useState(planned(null))
  const ready = isReady(when, useNow())
  const templates = useQuery(templatesQuery({ channel_id: channel, status: 'APPROVED' }))
  const usable = (templates.data ?? []).filter((template) => !isForPrograms(template))
  const template = usable.find(({ id }) => id === chosen)
  const save = useMutation({
    mutationFn: () => post<Campaign>('/campaigns', { name, channel_id: channel, template_id: chosen, values: given, audience: request(audience) }),
    onSuccess: (made) => {
      client.setQueryData(campaignKeys.one(made.id), made)
      void client.invalidateQueries({ queryKey: campaignKeys.all })
      void navigate({ to: '/campaigns/$campaignId', params: { campaignId: made.id }, search: { at: moment(when) ?? undefined } })
    },
  })
  const blanks = template?.variables ?? []
  const fields = ['name', 'audience.tag', 'audience.contacts', ...blanks.map(({ key }) => `values.${key}`)]
  const choose = (id: string) => {
    setChosen(id)
    setGiven({})
  }
  return (
    <form
      className="grid items-start gap-x-8 md:grid-cols-[minmax(0,1fr)_20rem]"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <div>
        <Section title={t('campaigns.what')}>
          <div className="flex flex-col gap-3">
            <Field label={t('campaigns.name')} hint={t('campaigns.name_hint')} value={name} onChange={setName} maxLength={100} isRequired error={fieldError(save.error, 'name')} />
            {channels.length > 1 && (
              <Select
                label={t('templates.channel')}
                value={channel}
                options={channels}
                onChange={(id) => {
                  setChannel(id)
                  choose('')
                }}
              />
            )}
            {templates.isError && <ErrorNote error={templates.error} onRetry={() => void templates.refetch()} />}
            {templates.isSuccess && usable.length === 0 && <p className="text-muted">{t('campaigns.no_template')}</p>}
            {usable.length > 0 && <Select label={t('campaigns.template')} value={chosen} options={[{ id: '', label: t('campaigns.choose_template') }, ...usable.map((one) => ({ id: one.id, label: `${one.name} · ${formats.language(one.language)}` }))]} onChange={choose} />}
            {blanks.map((blank) => (
              <div key={`${chosen} ${blank.key}`}>
                <BlankField blank={blank} value={given[blank.key] ?? ''} origin={null} channel={channel} onChange={(value) => setGiven((old) => ({ ...old, [blank.key]: value }))} />
                <p className="mt-0.5 text-xs text-muted">{fillsItself(blank) ? t('campaigns.fills_itself') : t('campaigns.for_all')}</p>
                {fieldError(save.error, `values.${blank.key}`) && <p role="alert" className="text-xs text-danger-ink">{fieldError(save.error, `values.${blank.key}`)}</p>}
              </div>
            ))}
          </div>
        </Section>
        <Section title={t('campaigns.whom')} hint={t('campaigns.whom_hint')}>
          <AudiencePart audience={audience} error={save.error} onChange={setAudience} />
        </Section>
        <Section title={t('campaigns.when')}>
          <WhenPart when={when} onChange={setWhen} />
        </Section>
        {save.isError && !isAtField(save.error, fields) && <ErrorNote error={save.error} />}
        <div className="flex items-center gap-3 border-t border-line py-4">
          <Button look="primary" type="submit" isDisabled={!name.trim() || !chosen || !ready || save.isPending}>{t('campaigns.save')}</Button>
          <span className="text-sm text-muted">{t('campaigns.save_hint')}</span>
        </div>
      </div>
      <aside className="max-md:order-first max-md:mb-4 md:sticky md:top-4">{template && <Preview template={template} filled={shown(template, given)} />}</aside>
    </form>
  )
}
