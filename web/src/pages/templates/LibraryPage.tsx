import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import i18next, { type TFunction } from 'i18next'
import { useTranslation } from '@/i18n/useTranslation'
import { ApiError, post } from '@/api/client'
import { keys } from '@/api/keys'
import { channelsQuery, libraryQuery } from '@/api/queries'
import type { LibraryTemplate, Template } from '@/api/types'
import { fromTemplate, holes } from '@/features/template/draft'
import { languages } from '@/features/template/languages'
import { TemplateBubble } from '@/features/template/TemplateBubble'
import { languageOf } from '@/i18n'
import { isolated } from '@/i18n/direction'
import { useFormats } from '@/i18n/format'
import { offers } from '@/pages/channels/providers'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Empty } from '@/ui/Empty'
import { ErrorNote } from '@/ui/ErrorNote'
import { Field } from '@/ui/Field'
import { Ghost } from '@/ui/Ghost'
import { Loading } from '@/ui/Loading'
import { PageFrame } from '@/ui/PageFrame'
import { SearchBox } from '@/ui/SearchBox'
import { Select } from '@/ui/Select'
import { toast } from '@/ui/toast'

/** A library entry as the preview wants it. */
function drawn(entry: LibraryTemplate): Template {
  return { id: '', channel_id: '', name: entry.name, language: entry.language, category: entry.category, status: 'APPROVED', quality: 'UNKNOWN', components: entry.components, parameter_format: 'POSITIONAL', rejected_reason: null, variables: [], message_send_ttl_seconds: null, uses: { last_30_days: 0, last_at: null, waiting: 0 }, used_by: [], updated_at: 0 }
}

/** What WhatsApp calls a topic or a use (`ORDER_MANAGEMENT`), in the reader's words; one that no catalogue knows stays as it is, readable. */
function wordFor(code: string | null, t: TFunction): string {
  const word = (code ?? '').toLowerCase()
  return word && i18next.exists(`library.word.${word}`) ? String(t(`library.word.${word}` as never)) : isolated(word.replaceAll('_', ' '))
}

/** Ready templates of WhatsApp's own: found, looked at, made one's own. */
export function LibraryPage() {
  const { t, i18n } = useTranslation()
  const formats = useFormats()
  const { channel } = useSearch({ from: '/app/templates/library' })
  const channels = useQuery(channelsQuery)
  const [home, setHome] = useState(channel ?? '')
  const [text, setText] = useState('')
  const [search, setSearch] = useState('')
  const [language, setLanguage] = useState<string>(languageOf(i18n.language).whatsapp)
  const [chosen, setChosen] = useState<LibraryTemplate | null>(null)
  // Only Meta itself has the library.
  const able = (channels.data ?? []).filter((one) => offers(one, 'template_library'))
  const channelId = (able.find((one) => one.id === home) ?? able[0])?.id ?? ''
  const query = useInfiniteQuery({ ...libraryQuery({ channel_id: channelId, search: search || undefined, language }), enabled: channelId !== '' })
  useEffect(() => {
    const timer = setTimeout(() => setSearch(text.trim()), 300)
    return () => clearTimeout(timer)
  }, [text])
  const found = query.data?.pages.flatMap((page) => page.items) ?? []
  const options = languages.map((id) => ({ id, label: formats.language(id) })).sort((a, b) => a.label.localeCompare(b.label))
  return (
    <PageFrame wide title={t('library.title')} lead={t('library.lead')}>
      <div className="mb-4 flex flex-wrap items-center gap-2">
        <SearchBox label={t('library.search')} value={text} onChange={setText} className="min-w-48 grow md:max-w-xs" />
        <Select quiet hideLabel label={t('templates.language')} value={language} options={options} onChange={setLanguage} />
        {able.length > 1 && <Select quiet hideLabel label={t('templates.channel')} value={channelId} options={able.map(({ id, name }) => ({ id, label: name }))} onChange={setHome} />}
      </div>
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {channels.data && !channelId && <Empty ghost={<Ghost />} title={t('templates.nowhere_title')} text={t('library.nowhere')} />}
      {(channels.isPending || (query.isPending && channelId)) && <Loading />}
      {query.isSuccess && found.length === 0 && <Empty ghost={<Ghost />} title={t('library.none')} text={t('library.none_text')} />}
      <ul aria-label={t('library.title')} className="grid items-start gap-4 sm:grid-cols-2 xl:grid-cols-3">
        {found.map((entry) => (
          <li key={`${entry.name} ${entry.language}`} className="flex flex-col gap-2 rounded-lg border border-line bg-raised p-3">
            <h2 className="truncate text-sm"><bdi dir="ltr">{entry.name}</bdi></h2>
            <p className="text-xs text-muted">{[entry.topic, entry.use_case].filter(Boolean).map((code) => wordFor(code, t)).join(' · ')}</p>
            <TemplateBubble draft={fromTemplate(drawn(entry))} name={`${entry.name} ${entry.language}`} />
            <Button className="self-start" onPress={() => setChosen(entry)}>{t('library.use')}</Button>
          </li>
        ))}
      </ul>
      {query.hasNextPage && <Button className="mt-4" onPress={() => void query.fetchNextPage()} isDisabled={query.isFetchingNextPage}>{t('common.more')}</Button>}
      {chosen && <UseDialog entry={chosen} channel={channelId} onClose={() => setChosen(null)} />}
    </PageFrame>
  )
}

interface Inputs {
  url: string
  example: string
  phone: string
}

function UseDialog({ entry, channel, onClose }: { entry: LibraryTemplate; channel: string; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const buttons = (entry.components.find((component) => component.type === 'BUTTONS')?.buttons ?? []).map((button) => ({ type: button.type.toUpperCase(), text: button.text, url: button.url ?? '' })).filter(({ type }) => type === 'URL' || type === 'PHONE_NUMBER')
  const [name, setName] = useState(entry.name)
  const [inputs, setInputs] = useState<Inputs[]>(() => buttons.map(() => ({ url: '', example: '', phone: '' })))
  const change = (at: number, part: Partial<Inputs>) => setInputs((old) => old.map((one, index) => (index === at ? { ...one, ...part } : one)))
  const create = useMutation({
    mutationFn: () =>
      post<Template>('/template-library', {
        channel_id: channel,
        library_name: entry.name,
        name,
        language: entry.language,
        category: entry.category,
        buttons: buttons.map(({ type }, at) => (type === 'URL' ? { type, url: inputs[at]?.url.trim(), url_example: inputs[at]?.example.trim() || undefined } : { type, phone_number: inputs[at]?.phone.trim() })),
      }),
    onSuccess: (template) => {
      void client.invalidateQueries({ queryKey: keys.allTemplates })
      toast(t('library.made'))
      void navigate({ to: '/templates/$templateId', params: { templateId: template.id } })
    },
  })
  const reason = create.error instanceof ApiError ? create.error.reason : null
  return (
    <Dialog title={t('library.use')} isOpen onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          create.mutate()
        }}
      >
        <TemplateBubble draft={fromTemplate(drawn(entry))} />
        <Field ltr label={t('templates.name')} hint={t('templates.name_hint')} value={name} onChange={(next) => setName(next.toLowerCase().replace(/[\s-]+/g, '_'))} />
        {buttons.map((button, at) => (
          <fieldset key={at} className="flex flex-col gap-3 rounded-md border border-line p-3">
            <legend className="px-1 text-sm text-muted"><bdi>{button.text}</bdi></legend>
            {button.type === 'URL' ? (
              <>
                <Field ltr label={t('templates.button_url')} hint={t('library.url_hint', { hole: '{{1}}' })} placeholder="https://" value={inputs[at]?.url ?? ''} onChange={(url) => change(at, { url })} />
                {holes(inputs[at]?.url ?? '').length > 0 && <Field ltr label={t('templates.button_url_example')} placeholder="https://" value={inputs[at]?.example ?? ''} onChange={(example) => change(at, { example })} />}
              </>
            ) : (
              <Field ltr label={t('templates.button_phone')} placeholder="+971…" value={inputs[at]?.phone ?? ''} onChange={(phone) => change(at, { phone })} />
            )}
          </fieldset>
        ))}
        {create.isError && <ErrorNote error={create.error} />}
        {reason && <p dir="auto" className="text-xs text-muted">{reason}</p>}
        <Button look="primary" type="submit" isDisabled={create.isPending || !name.trim()}>{t('library.make')}</Button>
      </form>
    </Dialog>
  )
}
