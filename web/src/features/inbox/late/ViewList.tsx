import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { AtSign, Bookmark, CircleUser, Clock, Hourglass, Inbox, Mail, MoreHorizontal, Pencil, Plus, Trash2, UserX, Users, type LucideIcon } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { remove } from '@/api/client'
import { keys } from '@/api/keys'
import { countsQuery, teamsQuery, viewsQuery } from '@/api/queries'
import type { Counts, SavedView } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { sameList, toSearch, type InboxSearch } from '@/features/inbox/filter'
import { useShown } from '@/features/inbox/useInbox'
import { isolated } from '@/i18n/direction'
import { useFormats } from '@/i18n/format'
import { cx } from '@/ui/cx'
import { Confirm } from '@/ui/Confirm'
import { errorText } from '@/ui/errors'
import { IconButton } from '@/ui/IconButton'
import { Menu } from '@/ui/Menu'
import { toast } from '@/ui/toast'
import { SaveView } from './SaveView'

interface Standard {
  name: 'mine' | 'unassigned' | 'mentions' | 'unattended' | 'unread' | 'closing' | 'all'
  icon: LucideIcon
  search: InboxSearch
  count: keyof Omit<Counts, 'mentioned'>
}

const standard: readonly Standard[] = [
  { name: 'mine', icon: CircleUser, search: { view: 'mine' }, count: 'mine' },
  { name: 'unassigned', icon: UserX, search: { view: 'unassigned' }, count: 'unassigned' },
  { name: 'mentions', icon: AtSign, search: { view: 'mentions' }, count: 'mentions' },
  { name: 'unattended', icon: Hourglass, search: { view: 'unattended' }, count: 'unattended' },
  { name: 'closing', icon: Clock, search: { sort: 'closes_next' }, count: 'closing' },
  { name: 'unread', icon: Mail, search: { view: 'unread' }, count: 'unread' },
  { name: 'all', icon: Inbox, search: {}, count: 'all' },
]

/** Else the router marks every link whose conditions are among those in force. */
const exactly = { exact: true, includeSearch: true }

/** Every way to look at the inbox: the standard views, one's teams, and saved views. */
export function ViewList({ onChoose }: { onChoose?: () => void }) {
  const { t } = useTranslation()
  const me = useMe()
  const { place } = useShown()
  const { data: counts } = useQuery(countsQuery)
  const { data: teams = [] } = useQuery(teamsQuery)
  const { data: saved = [] } = useQuery(viewsQuery)
  const [editing, setEditing] = useState<SavedView | 'new' | null>(null)
  const own = teams.filter((team) => team.member_ids.includes(me.user.id))
  const known = [...standard.map(({ search }) => search), ...saved.map((view) => toSearch(view.filter))].some((search) => sameList(search, place))
  return (
    <nav aria-label={t('inbox.all_views')} className="flex flex-col gap-4 p-2 pb-6">
      <Group>
        {standard.map(({ name, icon, search, count }) => (
          <Item key={name} icon={icon} name={t(`work.view.${name}`)} search={search} place={place} count={counts?.[count]} news={name === 'mentions'} onChoose={onChoose} />
        ))}
      </Group>
      {own.length > 0 && (
        <Group title={t('work.teams')}>
          {own.map((team) => <Item key={team.id} icon={Users} name={team.name} search={{ team: team.id }} place={place} onChoose={onChoose} />)}
        </Group>
      )}
      <Group title={t('work.saved')}>
        {saved.map((view) => (
          <Item key={view.id} icon={Bookmark} name={view.name} search={toSearch(view.filter)} place={place} hint={view.scope === 'private' ? undefined : t(`work.scope_hint.${view.scope}`)} onChoose={onChoose}>
            {view.editable && <ViewMenu view={view} onEdit={() => setEditing(view)} />}
          </Item>
        ))}
        {saved.length === 0 && <li className="px-2 py-1 text-sm text-muted">{t('work.no_saved')}</li>}
        <li>
          <button type="button" className="hit flex w-full items-center gap-2 rounded-md px-2 text-start text-sm text-accent-ink hover:bg-hover disabled:text-faint" disabled={known} onClick={() => setEditing('new')}>
            <Plus size={16} aria-hidden />
            {t('work.save_view')}
          </button>
        </li>
      </Group>
      {editing && <SaveView view={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
    </nav>
  )
}

function Group({ title, children }: { title?: string; children: ReactNode }) {
  return (
    <section>
      {title && <h2 className="px-2 pt-1 pb-1 text-xs text-muted">{title}</h2>}
      <ul aria-label={title}>{children}</ul>
    </section>
  )
}

interface ItemProps {
  icon: LucideIcon
  name: string
  search: InboxSearch
  place: InboxSearch
  count?: number
  news?: boolean
  hint?: string
  onChoose?: () => void
  children?: ReactNode
}

function Item({ icon: Icon, name, search, place, count, news, hint, onChoose, children }: ItemProps) {
  const formats = useFormats()
  const current = sameList(search, place)
  return (
    <li className={cx('flex items-center rounded-md', current ? 'bg-selected' : 'hover:bg-hover')}>
      <Link to="." search={search} replace activeOptions={exactly} aria-current={current ? 'page' : undefined} onClick={onChoose} className={cx('focus-inset hit flex min-w-0 grow items-center gap-2 rounded-md px-2', current ? 'font-semibold text-strong' : 'text-ink')}>
        <Icon size={16} strokeWidth={1.75} aria-hidden className="shrink-0 text-muted" />
        <bdi dir="auto" className="truncate">{name}</bdi>
        {hint && <span className="shrink-0 text-xs font-normal text-faint">{hint}</span>}
        <span className="grow" />
        {count !== undefined && count > 0 && <span className={cx('text-xs tabular-nums', news ? 'font-semibold text-accent-ink' : 'font-normal text-faint')}>{formats.number(count)}</span>}
      </Link>
      {children}
    </li>
  )
}

function ViewMenu({ view, onEdit }: { view: SavedView; onEdit: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [asking, setAsking] = useState(false)
  const drop = useMutation({
    mutationFn: () => remove(`/views/${view.id}`),
    onMutate: () => client.setQueryData<SavedView[]>(keys.views, (old) => old?.filter((other) => other.id !== view.id)),
    onError: (error) => toast(errorText(error, t), 'danger'),
    onSettled: () => void client.invalidateQueries({ queryKey: keys.views }),
  })
  return (
    <>
      <Menu
        label={t('work.view_actions', { name: view.name })}
        items={[
          { id: 'edit', icon: Pencil, label: t('work.edit_view'), onAction: onEdit },
          { id: 'remove', icon: Trash2, label: t('work.remove_view'), danger: true, onAction: () => (view.scope === 'private' ? drop.mutate() : setAsking(true)) },
        ]}
      >
        <IconButton label={t('work.view_actions', { name: view.name })} icon={MoreHorizontal} />
      </Menu>
      <Confirm title={t('work.remove_view')} text={t('work.remove_shared', { name: isolated(view.name) })} verb={t('work.remove_view')} isOpen={asking} onClose={() => setAsking(false)} onConfirm={() => drop.mutate()} />
    </>
  )
}
