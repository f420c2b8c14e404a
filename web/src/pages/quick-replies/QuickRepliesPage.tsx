import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Download, MoreHorizontal, Paperclip, Pencil, Plus, Trash2, Upload } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { get, remove } from '@/api/client'
import { keys } from '@/api/keys'
import { quickRepliesQuery, teamsQuery } from '@/api/queries'
import type { QuickReply } from '@/api/types'
import { narrow } from '@/features/composer/late/narrow'
import { useMe } from '@/features/frame/useMe'
import { directionOf } from '@/i18n/direction'
import { isolated } from '@/i18n/direction'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { Confirm } from '@/ui/Confirm'
import { Empty } from '@/ui/Empty'
import { ErrorNote } from '@/ui/ErrorNote'
import { Example } from '@/ui/Example'
import { errorText } from '@/ui/errors'
import { IconButton } from '@/ui/IconButton'
import { Loading } from '@/ui/Loading'
import { Menu } from '@/ui/Menu'
import { PageFrame } from '@/ui/PageFrame'
import { Pill } from '@/ui/Pill'
import { save } from '@/ui/save'
import { SearchBox } from '@/ui/SearchBox'
import { toast } from '@/ui/toast'
import { EditReply } from './EditReply'
import { ImportReplies } from './ImportReplies'

/** The answers a team keeps ready: found, written, carried in and out. */
export function QuickRepliesPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const client = useQueryClient()
  const me = useMe()
  const { q = '' } = useSearch({ strict: false })
  const query = useQuery(quickRepliesQuery)
  const [editing, setEditing] = useState<QuickReply | 'new' | null>(null)
  const [importing, setImporting] = useState(false)
  const [removing, setRemoving] = useState<QuickReply | null>(null)
  const mayWrite = me.permissions.includes('inbox.write')
  const shown = useMemo(() => narrow((query.data ?? []).map((reply) => ({ ...reply, here: reply.here ?? { language: '', text: Object.values(reply.bodies).join(' '), missing: [] } })), q), [query.data, q])
  const fail = (error: unknown) => toast(errorText(error, t), 'danger')
  const drop = useMutation({
    mutationFn: (id: string) => remove(`/quick-replies/${id}`),
    onError: fail,
    onSettled: () => void client.invalidateQueries({ queryKey: keys.quickReplies }),
  })
  const exported = useMutation({
    mutationFn: (format: 'csv' | 'json') => get<{ filename: string; data: string }>('/quick-replies/export', { format }),
    onSuccess: ({ filename, data }) => save(filename, data),
    onError: fail,
  })
  return (
    <PageFrame
      title={t('place.replies')}
      lead={t('quick.lead')}
      actions={query.data?.length !== 0 && (
        <>
          <Menu
            label={t('quick.more')}
            items={[
              ...(mayWrite ? [{ id: 'import', icon: Upload, label: t('quick.import'), onAction: () => setImporting(true) }] : []),
              { id: 'csv', icon: Download, label: t('quick.export_csv'), onAction: () => exported.mutate('csv') },
              { id: 'json', icon: Download, label: t('quick.export_json'), onAction: () => exported.mutate('json') },
            ]}
          >
            <IconButton label={t('quick.more')} icon={MoreHorizontal} />
          </Menu>
          {mayWrite && <Button look="primary" onPress={() => setEditing('new')}><Plus size={15} aria-hidden />{t('quick.add')}</Button>}
        </>
      )}
    >
      {query.isPending && <Loading rows={5} />}
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && query.data.length > 0 && <SearchBox label={t('quick.search')} value={q} onChange={(text) => void navigate({ to: '/settings/quick-replies', search: { q: text || undefined }, replace: true })} />}
      {query.data && query.data.length === 0 && <Nothing mayWrite={mayWrite} onAdd={() => setEditing('new')} onImport={() => setImporting(true)} />}
      {query.data && query.data.length > 0 && shown.length === 0 && <p className="py-6 text-muted">{t('quick.none_found', { typed: isolated(q) })}</p>}
      <ul aria-label={t('quick.list')} className="mt-3">
        {shown.map((reply) => <Row key={reply.id} reply={reply} onEdit={() => setEditing(reply)} onRemove={() => setRemoving(reply)} />)}
      </ul>
      {editing && <EditReply key={editing === 'new' ? 'new' : editing.id} reply={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
      {importing && <ImportReplies onClose={() => setImporting(false)} />}
      {removing && <Confirm title={t('quick.remove')} text={t('quick.remove_text', { name: isolated(removing.title) })} verb={t('quick.remove')} isOpen onClose={() => setRemoving(null)} onConfirm={() => drop.mutate(removing.id)} />}
    </PageFrame>
  )
}

function Row({ reply, onEdit, onRemove }: { reply: QuickReply; onEdit: () => void; onRemove: () => void }) {
  const { t, i18n } = useTranslation()
  const formats = useFormats()
  const { data: teams = [] } = useQuery(teamsQuery)
  const language = i18n.language in reply.bodies ? i18n.language : (Object.keys(reply.bodies)[0] ?? 'en')
  const body = reply.bodies[language] ?? ''
  const owner = reply.audience === 'team' ? (teams.find((team) => team.id === reply.team_id)?.name ?? t('quick.team')) : t(`quick.${reply.audience}`)
  const languages = Object.keys(reply.bodies).map((tag) => formats.language(tag)).join(t('common.list_separator'))
  return (
    <li className="flex items-start gap-2 border-b border-line py-2.5">
      <div className="min-w-0 grow">
        <p className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
          <bdi dir="auto" className="font-mono text-xs text-accent-ink">/{reply.shortcut}</bdi>
          <bdi dir="auto" className="font-semibold text-strong wrap-anywhere">{reply.title}</bdi>
          <Pill tone={reply.audience === 'private' ? 'neutral' : 'accent'}>{owner}</Pill>
        </p>
        <p dir={directionOf(language)} lang={language} className="line-clamp-2 text-muted wrap-anywhere">{body}</p>
        {reply.files.length > 0 && (
          <p className="flex items-center gap-1 text-sm text-muted">
            <Paperclip size={13} role="img" aria-label={t('quick.files')} className="shrink-0" />
            <bdi dir="auto" className="truncate">{reply.files.map((file) => file.filename).join(t('common.list_separator'))}</bdi>
          </p>
        )}
        <p className="text-xs text-faint">{`${t('quick.in_languages', { languages })} · ${t('quick.uses', { count: reply.uses })}`}</p>
      </div>
      {reply.may_change && (
        <span className="flex shrink-0">
          <IconButton label={t('quick.edit_named', { name: reply.title })} icon={Pencil} onPress={onEdit} />
          <IconButton label={t('quick.remove_named', { name: reply.title })} icon={Trash2} onPress={onRemove} />
        </span>
      )}
    </li>
  )
}

/** Nothing yet: how one would look, and the ways to the first. */
function Nothing({ mayWrite, onAdd, onImport }: { mayWrite: boolean; onAdd: () => void; onImport: () => void }) {
  const { t } = useTranslation()
  return (
    <Empty ghost={<Example of="quick" />} title={t('quick.none')} text={t('quick.empty')}>
      {mayWrite && (
        <div className="flex flex-wrap justify-center gap-2">
          <Button look="primary" onPress={onAdd}><Plus size={15} aria-hidden />{t('quick.add')}</Button>
          <Button onPress={onImport}><Upload size={15} aria-hidden />{t('quick.import')}</Button>
        </div>
      )}
    </Empty>
  )
}
