import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Plus, TriangleAlert } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { contactListQuery } from '@/api/queries'
import type { Contact } from '@/api/types'
import { Avatar } from '@/ui/Avatar'
import { useMe } from '@/features/frame/useMe'
import { Button } from '@/ui/Button'
import { Empty } from '@/ui/Empty'
import { ErrorNote } from '@/ui/ErrorNote'
import { Example } from '@/ui/Example'
import { Loading } from '@/ui/Loading'
import { PageFrame } from '@/ui/PageFrame'
import { Phone } from '@/ui/Phone'
import { SearchBox } from '@/ui/SearchBox'
import { UserText } from '@/ui/UserText'
import { When } from '@/ui/When'
import { WindowRing } from '@/ui/WindowRing'
import { useFormats } from '@/i18n/format'
import { NewContact } from './NewContact'

/** Everyone who ever wrote, or was entered. */
export function ContactsPage() {
  const { t } = useTranslation()
  const { q } = useSearch({ from: '/app/contacts' })
  const navigate = useNavigate()
  const [text, setText] = useState(q ?? '')
  const [adding, setAdding] = useState(false)
  const query = useInfiniteQuery(contactListQuery({ q }))
  const contacts = query.data?.pages.flatMap((page) => page.items) ?? []
  useEffect(() => {
    if (text === (q ?? '')) return
    const timer = setTimeout(() => void navigate({ to: '/contacts', search: { q: text || undefined }, replace: true }), 250)
    return () => clearTimeout(timer)
  }, [text, q, navigate])
  const writes = useMe().permissions.includes('contact.write')
  const isEmpty = query.isSuccess && contacts.length === 0 && !q
  const add = writes && <Button look="primary" onPress={() => setAdding(true)}><Plus size={16} aria-hidden />{t('contacts.add')}</Button>
  return (
    <PageFrame wide title={t('contacts.title')} actions={!isEmpty && add}>
      <SearchBox label={t('contacts.search')} value={text} onChange={setText} className="mb-3 max-w-md" />
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Loading />}
      {isEmpty && <Empty ghost={<Example of="contacts" />} title={t('contacts.none_title')} text={t('contacts.none_text')}>{add}</Empty>}
      {query.isSuccess && contacts.length === 0 && q && (
        <Empty title={t('contacts.none_found')}><Button onPress={() => setText('')}>{t('common.clear')}</Button></Empty>
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
