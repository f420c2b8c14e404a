import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Plus, Tag, TriangleAlert, UsersRound } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { contactListQuery } from '@/api/queries'
import type { Contact } from '@/api/types'
import { Avatar } from '@/ui/Avatar'
import { useMe } from '@/features/frame/useMe'
import { sameCountsQuery } from '@/features/contact/late/same'
import { tagsQuery } from '@/features/tag/api'
import { Button } from '@/ui/Button'
import { Empty } from '@/ui/Empty'
import { ErrorNote } from '@/ui/ErrorNote'
import { Example } from '@/ui/Example'
import { Loading } from '@/ui/Loading'
import { PageFrame } from '@/ui/PageFrame'
import { Phone } from '@/ui/Phone'
import { SearchBox } from '@/ui/SearchBox'
import { Select } from '@/ui/Select'
import { TagChip } from '@/ui/TagChip'
import { UserText } from '@/ui/UserText'
import { When } from '@/ui/When'
import { WindowRing } from '@/ui/WindowRing'
import { useFormats } from '@/i18n/format'
import { NewContact } from './NewContact'

const any = 'any'
/** Chips in a row. */
const shown = 3

/** Everyone who ever wrote, or was entered. */
export function ContactsPage() {
  const { t } = useTranslation()
  const { q, tag } = useSearch({ from: '/app/contacts' })
  const navigate = useNavigate()
  const [text, setText] = useState(q ?? '')
  const [adding, setAdding] = useState(false)
  const query = useInfiniteQuery(contactListQuery({ q, tag_id: tag }))
  const { data: tags = [] } = useQuery(tagsQuery)
  const contacts = query.data?.pages.flatMap((page) => page.items) ?? []
  useEffect(() => {
    if (text === (q ?? '')) return
    const timer = setTimeout(() => void navigate({ to: '/contacts', search: (old) => ({ ...old, q: text || undefined }), replace: true }), 250)
    return () => clearTimeout(timer)
  }, [text, q, navigate])
  const writes = useMe().permissions.includes('contact.write')
  const isEmpty = query.isSuccess && contacts.length === 0 && !q && !tag
  const add = writes && <Button look="primary" onPress={() => setAdding(true)}><Plus size={16} aria-hidden />{t('contacts.add')}</Button>
  return (
    <PageFrame wide title={t('contacts.title')} actions={<><ToDuplicates /><Link to="/settings/tags" className="hit inline-flex items-center gap-1.5 rounded-md border border-control bg-raised px-3 text-strong hover:bg-hover"><Tag size={15} aria-hidden />{t('tag.title')}</Link>{!isEmpty && add}</>}>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <SearchBox label={t('contacts.search')} value={text} onChange={setText} className="min-w-56 max-w-md grow" />
        {(tags.length > 0 || tag) && (
          <Select
            hideLabel quiet label={t('work.tag')} value={tag ?? any} options={[{ id: any, label: t('tag.any') }, ...tags.map((one) => ({ id: one.id, label: one.name, foreign: true }))]}
            onChange={(id) => void navigate({ to: '/contacts', search: (old) => ({ ...old, tag: id === any ? undefined : id }), replace: true })}
          />
        )}
      </div>
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Loading />}
      {isEmpty && <Empty ghost={<Example of="contacts" />} title={t('contacts.none_title')} text={t('contacts.none_text')}>{add}</Empty>}
      {query.isSuccess && contacts.length === 0 && (q || tag) && (
        <Empty title={t('contacts.none_found')}><Button onPress={() => {
          setText('')
          void navigate({ to: '/contacts', search: {}, replace: true })
        }}>{t('common.clear')}</Button></Empty>
      )}
      {contacts.length > 0 && (
        <ul aria-label={t('contacts.title')} className="border-t border-line">
          {contacts.map((contact) => <ContactRow key={contact.id} contact={contact} />)}
        </ul>
      )}
      {query.hasNextPage && <Button className="mt-4" onPress={() => void query.fetchNextPage()} isDisabled={query.isFetchingNextPage}>{t('common.more')}</Button>}
      <NewContact isOpen={adding} onClose={() => setAdding(false)} />
    </PageFrame>
  )
}

/** The way to pairs that may be one person, with how many wait. */
function ToDuplicates() {
  const { t } = useTranslation()
  const formats = useFormats()
  const { data } = useQuery(sameCountsQuery)
  return (
    <Link to="/contacts/duplicates" className="hit inline-flex items-center gap-1.5 rounded-md border border-control bg-raised px-3 text-strong hover:bg-hover">
      <UsersRound size={15} aria-hidden />{t('same.page')}
      {Boolean(data?.open) && <span className="text-sm text-muted tabular-nums">{formats.number(data?.open ?? 0)}</span>}
    </Link>
  )
}

function ContactRow({ contact }: { contact: Contact }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const failed = contact.sync.some((state) => state.state === 'failed')
  return (
    <li className="border-b border-line">
      <Link to="/contacts/$contactId" params={{ contactId: contact.id }} className="focus-inset grid min-h-(--row) grid-cols-[auto_1fr_auto] items-center gap-3 px-1 hover:bg-hover md:grid-cols-[auto_minmax(0,2fr)_minmax(0,1.2fr)_minmax(0,1.4fr)_72px]">
        <WindowRing expiresAt={contact.window.expires_at} size={34}>
          <Avatar name={contact.name ?? contact.phone} color={contact.avatar_color} size={32} />
        </WindowRing>
        <span className="min-w-0">
          <span className="flex items-center gap-1.5">
            <UserText className="truncate font-semibold text-strong">{contact.name ?? contact.phone ?? t('contact.no_name')}</UserText>
            {failed && <TriangleAlert size={14} role="img" aria-label={t('contact.sync.failed')} className="shrink-0 text-danger" />}
          </span>
          {contact.tags.length > 0 && (
            <span className="flex flex-wrap gap-1 py-0.5">
              {contact.tags.slice(0, shown).map((one) => <TagChip key={one.id} name={one.name} color={one.color} className="max-w-32" />)}
              {contact.tags.length > shown && <span dir="ltr" className="text-xs text-muted" title={contact.tags.slice(shown).map((one) => one.name).join(', ')}>+{formats.number(contact.tags.length - shown)}</span>}
            </span>
          )}
          {contact.email && <bdi dir="ltr" className="block truncate text-sm text-muted">{contact.email}</bdi>}
        </span>
        <span className="hidden text-muted md:block">{contact.phone && <Phone value={contact.phone} />}</span>
        <span className="hidden truncate text-sm text-muted md:block">
          {[contact.country && formats.country(contact.country), contact.language && formats.language(contact.language)].filter(Boolean).join(' · ')}
        </span>
        <span className="justify-self-end text-xs text-faint">{contact.last_inbound_at !== null && <When at={contact.last_inbound_at} />}</span>
      </Link>
    </li>
  )
}
