import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Languages, Library, Plus, RefreshCw } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import { keys } from '@/api/keys'
import { channelsQuery, templateListQuery } from '@/api/queries'
import type { Template } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { directionOf } from '@/i18n/direction'
import { useFormats } from '@/i18n/format'
import { offers } from '@/pages/channels/providers'
import { Button } from '@/ui/Button'
import { cx } from '@/ui/cx'
import { Empty } from '@/ui/Empty'
import { ErrorNote } from '@/ui/ErrorNote'
import { Example } from '@/ui/Example'
import { errorText } from '@/ui/errors'
import { IconButton } from '@/ui/IconButton'
import { Loading } from '@/ui/Loading'
import { PageFrame } from '@/ui/PageFrame'
import { Pill } from '@/ui/Pill'
import { SearchBox } from '@/ui/SearchBox'
import { Select } from '@/ui/Select'
import { toast } from '@/ui/toast'
import { UserText } from '@/ui/UserText'
import { isDegraded, statuses, useStateWords } from './words'

/** The one next step: a number whose account has templates, then a template from the library. */
function FirstTemplate({ isConnected, channel }: { isConnected: boolean; channel?: string }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  if (!isConnected) return <Button onPress={() => void navigate({ to: '/channels' })}>{t('channels.add')}</Button>
  return <Button onPress={() => void navigate({ to: '/templates/library', search: { channel } })}><Library size={15} aria-hidden />{t('library.title')}</Button>
}

/** Every template, its languages together: what may be sent, what is in review, what was refused. */
export function TemplatesPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const search = useSearch({ from: '/app/templates' })
  const [text, setText] = useState(search.q ?? '')
  const channels = useQuery(channelsQuery)
  const query = useInfiniteQuery(templateListQuery(search))
  const manages = useMe().permissions.includes('channel.manage')
  const groups = grouped(query.data?.pages.flatMap((page) => page.items) ?? [])
  const set = (part: Partial<typeof search>) => void navigate({ to: '/templates', search: (old) => ({ ...old, ...part }), replace: true })
  useEffect(() => {
    if (text === (search.q ?? '')) return
    const timer = setTimeout(() => set({ q: text || undefined }), 250)
    return () => clearTimeout(timer)
  })
  const filtered = Boolean(search.q ?? search.state)
  const many = (channels.data?.length ?? 0) > 1
  const chosen = (channels.data ?? []).filter((channel) => !search.channel || channel.id === search.channel)
  const can = (feature: string) => chosen.some((channel) => offers(channel, feature))
  return (
    <PageFrame
      wide
      title={t('templates.title')}
      lead={t('templates.lead')}
      actions={manages && (
        <>
          <SyncButton channels={chosen.filter((channel) => offers(channel, 'templates')).map((channel) => channel.id)} />
          <Button isDisabled={!can('template_library')} onPress={() => void navigate({ to: '/templates/library', search: { channel: search.channel } })}><Library size={15} aria-hidden />{t('library.title')}</Button>
          <Button look="primary" isDisabled={!can('template_writing')} onPress={() => void navigate({ to: '/templates/new', search: { channel: search.channel } })}><Plus size={16} aria-hidden />{t('templates.new')}</Button>
        </>
      )}
    >
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <SearchBox label={t('templates.search')} value={text} onChange={setText} className="min-w-48 grow md:max-w-xs" />
        <Select quiet hideLabel label={t('templates.status_filter')} value={search.state ?? 'ANY'} options={[{ id: 'ANY', label: t('templates.any_status') }, { id: 'DEGRADED', label: t('templates.degraded') }, ...statuses.map((id) => ({ id, label: t(`template.status.${id}`) }))]} onChange={(state) => set({ state: state === 'ANY' ? undefined : state })} />
        {many && <Select quiet hideLabel label={t('templates.channel')} value={search.channel ?? 'ANY'} options={[{ id: 'ANY', label: t('templates.any_channel') }, ...(channels.data ?? []).map((channel) => ({ id: channel.id, label: channel.name }))]} onChange={(channel) => set({ channel: channel === 'ANY' ? undefined : channel })} />}
      </div>
      {manages && chosen.length > 0 && !can('template_writing') && <p role="note" className="mb-4 rounded-lg bg-sunken p-3 text-sm text-muted">{t('templates.nowhere')}</p>}
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Loading />}
      {query.isSuccess && groups.length === 0 && (filtered ? (
        <Empty title={t('templates.none_found')}><Button onPress={() => { setText(''); set({ q: undefined, state: undefined }) }}>{t('common.clear')}</Button></Empty>
      ) : (
        <Empty ghost={<Example of="templates" />} title={t('templates.none_title')} text={!manages ? t('error.forbidden') : channels.data?.length ? t('templates.none_text') : t('inbox.empty.channel_title')}>{manages && <FirstTemplate isConnected={Boolean(channels.data?.length)} channel={search.channel} />}</Empty>
      ))}
      <ul aria-label={t('templates.title')}>
        {groups.map((group) => <Group key={group.key} items={group.items} manages={manages} />)}
      </ul>
      {query.hasNextPage && <Button className="mt-4" onPress={() => void query.fetchNextPage()} isDisabled={query.isFetchingNextPage}>{t('common.more')}</Button>}
    </PageFrame>
  )
}

function grouped(all: Template[]): { key: string; items: Template[] }[] {
  const groups = new Map<string, Template[]>()
  for (const template of all) {
    // The same name in two accounts is two templates.
    const key = `${template.channel_id}:${template.name}`
    groups.set(key, [...(groups.get(key) ?? []), template])
  }
  return [...groups].map(([key, items]) => ({ key, items }))
}

function SyncButton({ channels }: { channels: string[] }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const sync = useMutation({
    mutationFn: async () => {
      let count = 0
      for (const id of channels) count += (await post<{ synced: number }>(`/channels/${id}/templates/sync`)).synced
      return count
    },
    onSuccess: (count) => {
      void client.invalidateQueries({ queryKey: keys.allTemplates })
      toast(t('channel.templates_synced', { count }))
    },
    onError: (error) => toast(errorText(error, t), 'danger'),
  })
  return <Button onPress={() => sync.mutate()} isDisabled={sync.isPending || channels.length === 0}><RefreshCw size={14} aria-hidden />{t('channel.sync_templates')}</Button>
}

function Group({ items, manages }: { items: Template[]; manages: boolean }) {
  const { t } = useTranslation()
  const words = useStateWords()
  const navigate = useNavigate()
  const first = items[0]
  if (!first) return null
  return (
    <li className="mb-4 overflow-hidden rounded-lg border border-line bg-raised">
      <header className="flex items-center gap-2 border-b border-line bg-sunken py-1.5 ps-3 pe-1.5">
        <h2 className="min-w-0 text-sm"><bdi dir="ltr" className="block truncate">{first.name}</bdi></h2>
        <span className="grow text-xs whitespace-nowrap text-muted">{words.category(first)}</span>
        {manages && <IconButton label={t('templates.add_language', { name: first.name })} icon={Languages} onPress={() => void navigate({ to: '/templates/new', search: { from: first.id } })} />}
      </header>
      <ul>
        {items.map((template) => <LanguageRow key={template.id} template={template} />)}
      </ul>
    </li>
  )
}

function LanguageRow({ template }: { template: Template }) {
  const formats = useFormats()
  const words = useStateWords()
  const state = words.status(template)
  const quality = words.quality(template)
  const reason = words.reason(template)
  // Where trouble with a template would be felt: said beside what is in trouble, and where messages wait for it.
  const degraded = isDegraded(template)
  const used = degraded || template.uses.waiting > 0 ? words.uses(template) : null
  const body = template.components.find((component) => component.type.toUpperCase() === 'BODY')?.text
  return (
    <li className="border-b border-line last:border-b-0">
      <Link to="/templates/$templateId" params={{ templateId: template.id }} className="focus-inset grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 gap-y-0.5 px-3 py-2 hover:bg-hover md:grid-cols-[9rem_minmax(0,1fr)_auto]">
        <span className="truncate text-sm font-semibold text-strong">{formats.language(template.language)}</span>
        {/* Cut at its own end, but standing where the column begins. */}
        <span dir={directionOf(template.language)} lang={template.language.replace('_', '-')} className="truncate text-sm [text-align:match-parent] text-muted max-md:col-span-2 max-md:row-start-2">{body}</span>
        <span className="flex items-center gap-1.5">
          {quality && quality.tone !== 'positive' && <Pill tone={quality.tone}>{quality.text}</Pill>}
          <Pill tone={state.tone}>{state.text}</Pill>
        </span>
        {reason && <span className="col-span-full text-xs text-danger-ink"><UserText>{reason}</UserText></span>}
        {template.used_by.length > 0 && <span className="col-span-full text-xs text-danger-ink">{words.usedBy(template)}</span>}
        {used && <span className={cx('col-span-full text-xs', degraded && template.uses.waiting > 0 ? 'text-danger-ink' : 'text-muted')}>{used}</span>}
      </Link>
    </li>
  )
}
