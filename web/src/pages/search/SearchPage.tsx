import { useInfiniteQuery, type InfiniteData, type UseInfiniteQueryResult } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { SlidersHorizontal } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { searchQuery } from '@/api/queries'
import type { SearchPage as SearchPageOf } from '@/api/types'
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

/** How many hits are enough for the page to stop looking further back by itself. */
const enough = 12
/** Between two looks, in milliseconds: others ask the server too. */
const breath = 120

type Found = InfiniteData<SearchPageOf>

/** What a part of the results has next to show or to look through. */
const groupOf = (page: SearchPageOf, part: Part) => (part === 'notes' ? page.notes : part === 'contacts' ? page.contacts : page)

/**
 * The server answers in time, with nothing where it found nothing by then: the page asks on by itself until something is found.
 * `stop` ends that until the person asks for more.
 */
function useLookingBack(query: UseInfiniteQueryResult<Found>, part: Part, question: string) {
  const { data, hasNextPage, isFetchingNextPage, isFetchNextPageError, isPlaceholderData, fetchNextPage } = query
  const [stopped, setStopped] = useState<string | null>(null)
  const pages = data?.pages ?? []
  const found = pages.reduce((sum, page) => sum + groupOf(page, part).items.length, 0)
  const last = pages.at(-1)
  // A page that was cut short says so by what it lacks: whoever has asked for more gets at least one hit.
  const isShort = last !== undefined && (groupOf(last, part).items.length === 0 || found < enough)
  const looks = hasNextPage && isShort && stopped !== question && !isFetchNextPageError && !isPlaceholderData
  useEffect(() => {
    if (!looks || isFetchingNextPage) return
    const timer = setTimeout(() => void fetchNextPage(), breath)
    return () => clearTimeout(timer)
    // Each answer asks for the next one, also when it came before this was drawn again.
  }, [looks, isFetchingNextPage, fetchNextPage, pages.length])
  const more = () => {
    setStopped(null)
    void fetchNextPage()
  }
  return { looks, isShort, stop: () => setStopped(question), more }
}

function Results({ address, onPart }: { address: SearchAddress; onPart: (part: Part) => void }) {
  const { t } = useTranslation()
  const part = address.in ?? 'all'
  const query = useInfiniteQuery(searchQuery(toQuery(address), part))
  const { looks, isShort, stop, more } = useLookingBack(query, part, JSON.stringify(address))
  const [first] = query.data?.pages ?? []
  if (query.isError && !first) return <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
  if (!first) return <Loading rows={4} />
  const pages = query.data?.pages ?? []
  const messages = pages.flatMap((page) => page.items)
  const notes = pages.flatMap((page) => page.notes.items)
  const contacts = pages.flatMap((page) => page.contacts.items)
  // Beside the messages, the first few of the others: there is more, or not everything was looked through.
  const beside = (next: 'notes' | 'contacts') => part === 'all' && first[next].next_cursor !== null
  const all = (next: 'notes' | 'contacts') => beside(next) && <Button small look="quiet" onPress={() => onPart(next)}>{first[next].items.length > 0 ? t('search.show_all') : t('search.further')}</Button>
  const nothing = messages.length + notes.length + contacts.length === 0
  return (
    <>
      {first.indexing && <p role="status" className="mb-4 rounded-md bg-info-soft px-3 py-2 text-sm text-info-ink">{t('search.indexing', { done: first.indexing.done, total: first.indexing.total })}</p>}
      {nothing && !query.hasNextPage && !beside('notes') && !beside('contacts') && <Empty title={t('search.none_title')} text={t('search.none_text')} />}
      {(contacts.length > 0 || beside('contacts')) && (
        <Section title={t('search.part.contacts')} aside={all('contacts')}>
          <ul aria-label={t('search.contacts')}>{contacts.map((hit) => <ContactRow key={hit.contact.id} hit={hit} />)}</ul>
        </Section>
      )}
      {(notes.length > 0 || beside('notes')) && (
        <Section title={t('search.part.notes')} aside={all('notes')}>
          <ul aria-label={t('search.notes')}>{notes.map((hit) => <MessageRow key={hit.message.id} hit={hit} />)}</ul>
        </Section>
      )}
      {messages.length > 0 && (
        <Section title={t('search.part.messages')}>
          <ul aria-label={t('search.results')}>{messages.map((hit) => <MessageRow key={hit.message.id} hit={hit} />)}</ul>
        </Section>
      )}
      {query.isFetchNextPageError && <ErrorNote error={query.error} onRetry={more} />}
      {looks ? (
        <div className="mt-4 flex items-center gap-3">
          <p role="status" className="text-sm text-muted">{t('search.looking')}</p>
          <Button small onPress={stop}>{t('search.stop')}</Button>
        </div>
      ) : (
        query.hasNextPage && !query.isFetchNextPageError && <Button className="mt-4" isDisabled={query.isFetchingNextPage} onPress={more}>{isShort ? t('search.further') : t('common.more')}</Button>
      )}
    </>
  )
}
