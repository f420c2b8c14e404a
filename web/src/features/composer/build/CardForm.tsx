import { useInfiniteQuery } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import { ListBox, ListBoxItem } from 'react-aria-components'
import { useTranslation } from '@/i18n/useTranslation'
import { contactListQuery } from '@/api/queries'
import { ErrorNote } from '@/ui/ErrorNote'
import { Phone } from '@/ui/Phone'
import { SearchBox } from '@/ui/SearchBox'
import { UserText } from '@/ui/UserText'
import type { FormProps } from './Builder'

/** Chooses whose card is sent: name, number and address go, nothing else. */
export function CardForm({ sketch, set }: FormProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const q = useDeferredValue(text.trim())
  const query = useInfiniteQuery(contactListQuery({ q: q || undefined }))
  const found = (query.data?.pages[0]?.items ?? []).filter((contact) => contact.phone ?? contact.email)
  const choose = (id: string) => {
    const contact = found.find((candidate) => candidate.id === id)
    if (!contact) return
    const name = contact.name ?? contact.phone ?? contact.email ?? ''
    set({ card: { id, name, phones: contact.phone ? [contact.phone] : [], emails: contact.email ? [contact.email] : [] } })
  }
  return (
    <>
      <SearchBox label={t('compose.find_contact')} value={text} onChange={setText} autoFocus />
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      <ListBox
        aria-label={t('compose.contacts')}
        items={found}
        selectionMode="single"
        selectedKeys={sketch.card ? [sketch.card.id] : []}
        onSelectionChange={(keys) => {
          const key = keys === 'all' ? undefined : [...keys][0]
          if (key !== undefined) choose(String(key))
          else set({ card: null })
        }}
        className="max-h-72 overflow-auto rounded-md border border-line outline-none"
        renderEmptyState={() => <p className="p-3 text-muted">{query.isPending ? t('common.loading') : t('compose.no_contact')}</p>}
      >
        {(contact) => (
          <ListBoxItem id={contact.id} textValue={contact.name ?? contact.phone ?? ''} className="hit flex cursor-default items-center justify-between gap-3 px-3 outline-none data-[focus-visible]:outline-2 data-[focus-visible]:-outline-offset-2 data-[focus-visible]:outline-accent data-[hovered]:bg-hover data-[selected]:bg-selected data-[selected]:text-strong">
            <UserText className="truncate">{contact.name ?? contact.phone ?? ''}</UserText>
            {contact.phone && <Phone value={contact.phone} className="text-sm text-muted" />}
          </ListBoxItem>
        )}
      </ListBox>
    </>
  )
}
