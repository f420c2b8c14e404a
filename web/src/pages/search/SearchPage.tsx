import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { SlidersHorizontal } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { searchQuery } from '@/api/queries'
import { Button } from '@/ui/Button'
import { Empty } from '@/ui/Empty'
import { ErrorNote } from '@/ui/ErrorNote'
import { Loading } from '@/ui/Loading'
import { PageFrame } from '@/ui/PageFrame'
import { SearchBox } from '@/ui/SearchBox'
import { Section } from '@/ui/Section'
import { Segmented } from '@/ui/Segmented'
import { Conditions } from './Conditions'
import { conditions, parts, toQuery, type Part, type SearchAddress } from './filter'
import { ContactRow, MessageRow } from './Hits'

/** Full-text search over messages, notes and customers, in every language. */
export function SearchPage() {
  const { t } = useTranslation()
  const address: SearchAddress = useSearch({ from: '/app/search' })
  const navigate = useNavigate()
  const { q = '', in: part = 'all' } = address
  const [text, setText] = useState(q)
  // The address also changes without the field: the palette, a link, the back button. What the field put there itself is known.
  const [seen, setSeen] = useState(q)
  const [written, setWritten] = useState(q)
  if (seen !== q) {
    setSeen(q)
    if (q !== written) {
      setWritten(q)
      setText(q)
    }
  }
  const [open, setOpen] = useState(conditions(address) > 0)
  const count = conditions(address)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const { current } = box
    current?.addEventListener('keydown', walk)
    return () => current?.removeEventListener('keydown', walk)
  }, [])
  const change = (next: Partial<SearchAddress>) => {
    setWritten(text)
    void navigate({ to: '/search', search: { ...address, q: text || undefined, ...next }, replace: true })
  }
  useEffect(() => {
    if (text === q) return
    const timer = setTimeout(() => {
      setWritten(text)
      void navigate({ to: '/search', search: { ...address, q: text || undefined }, replace: true })
    }, 200)
    return () => clearTimeout(timer)
  }, [text, q, address, navigate])
  return (
    <PageFrame title={t('search.title')}>
      <div ref={box}>
        <SearchBox large autoFocus label={t('search.field')} hint={t('search.hint')} value={text} onChange={setText} className="mb-3" />
        <div className="mb-4 flex flex-wrap items-center gap-2">
          <Segmented label={t('search.parts')} options={parts.map((id) => ({ id, label: t(`search.part.${id}`) }))} value={part} onChange={(next) => change({ in: next === 'all' ? undefined : next })} />
          {part !== 'contacts' && (
            <Button small look="quiet" aria-expanded={open} aria-controls="search-conditions" onPress={() => setOpen(!open)}>
              <SlidersHorizontal size={14} aria-hidden />
              {count > 0 ? t('search.conditions_count', { count }) : t('search.conditions')}
            </Button>
          )}
        </div>
        {open && part !== 'contacts' && <Conditions address={address} onChange={change} />}
        {q ? <Results address={address} onPart={(next) => change({ in: next })} /> : <p className="text-muted">{t('search.start')}</p>}
      </div>
    </PageFrame>
  )
}

/** Arrow keys go from the field to the results and through them. */
function walk(event: KeyboardEvent): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  const target = event.target as HTMLElement
  const box = event.currentTarget as HTMLElement
  const hits = [...box.querySelectorAll<HTMLElement>('[data-hit]')]
  const at = hits.indexOf(target)
  const isField = target instanceof HTMLInputElement && target.type !== 'date'
  if (hits.length === 0 || (at < 0 && !(isField && event.key === 'ArrowDown'))) return
  event.preventDefault()
  if (at === 0 && event.key === 'ArrowUp') return box.querySelector<HTMLElement>('input')?.focus()
  hits[at + (event.key === 'ArrowDown' ? 1 : -1)]?.focus()
}

function Results({ address, onPart }: { address: SearchAddress; onPart: (part: Part) => void }) {
  const { t } = useTranslation()
  const part = address.in ?? 'all'
  const query = useInfiniteQuery(searchQuery(toQuery(address), part))
  const [first] = query.data?.pages ?? []
  if (query.isError && !first) return <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
  if (!first) return <Loading rows={4} />
  const pages = query.data?.pages ?? []
  const messages = pages.flatMap((page) => page.items)
  const notes = pages.flatMap((page) => page.notes.items)
  const contacts = pages.flatMap((page) => page.contacts.items)
  const more = (next: Part) => part === 'all' && <Button small look="quiet" onPress={() => onPart(next)}>{t('search.show_all')}</Button>
  const last = pages.at(-1) ?? first
  // The server stopped looking back before it found more: the button says that there is still something to look through.
  const isShort = (part === 'notes' ? last.notes : part === 'contacts' ? last.contacts : last).items.length === 0
  return (
    <>
      {first.indexing && <p role="status" className="mb-4 rounded-md bg-info-soft px-3 py-2 text-sm text-info-ink">{t('search.indexing', { done: first.indexing.done, total: first.indexing.total })}</p>}
      {messages.length + notes.length + contacts.length === 0 && !query.hasNextPage && <Empty title={t('search.none_title')} text={t('search.none_text')} />}
      {contacts.length > 0 && (
        <Section title={t('search.part.contacts')} aside={first.contacts.next_cursor && more('contacts')}>
          <ul aria-label={t('search.contacts')}>{contacts.map((hit) => <ContactRow key={hit.contact.id} hit={hit} />)}</ul>
        </Section>
      )}
      {notes.length > 0 && (
        <Section title={t('search.part.notes')} aside={first.notes.next_cursor && more('notes')}>
          <ul aria-label={t('search.notes')}>{notes.map((hit) => <MessageRow key={hit.message.id} hit={hit} />)}</ul>
        </Section>
      )}
      {messages.length > 0 && (
        <Section title={t('search.part.messages')}>
          <ul aria-label={t('search.results')}>{messages.map((hit) => <MessageRow key={hit.message.id} hit={hit} />)}</ul>
        </Section>
      )}
      {query.hasNextPage && <Button className="mt-4" isDisabled={query.isFetchingNextPage} onPress={() => void query.fetchNextPage()}>{isShort ? t('search.further') : t('common.more')}</Button>}
    </>
  )
}
