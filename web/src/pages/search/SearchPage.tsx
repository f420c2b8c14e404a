import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { searchQuery } from '@/api/queries'
import type { SearchHit } from '@/api/types'
import { Avatar } from '@/ui/Avatar'
import { Button } from '@/ui/Button'
import { Empty } from '@/ui/Empty'
import { ErrorNote } from '@/ui/ErrorNote'
import { Loading } from '@/ui/Loading'
import { PageFrame } from '@/ui/PageFrame'
import { SearchBox } from '@/ui/SearchBox'
import { UserText } from '@/ui/UserText'
import { When } from '@/ui/When'
import { Highlighted } from './Highlighted'

/** Full-text search over every message, in every language. */
export function SearchPage() {
  const { t } = useTranslation()
  const { q = '' } = useSearch({ from: '/app/search' })
  const navigate = useNavigate()
  const [text, setText] = useState(q)
  const query = useInfiniteQuery(searchQuery(q))
  const hits = query.data?.pages.flatMap((page) => page.items) ?? []
  useEffect(() => {
    if (text === q) return
    const timer = setTimeout(() => void navigate({ to: '/search', search: { q: text || undefined }, replace: true }), 250)
    return () => clearTimeout(timer)
  }, [text, q, navigate])
  return (
    <PageFrame title={t('search.title')}>
      <SearchBox large autoFocus label={t('search.field')} hint={t('search.hint')} value={text} onChange={setText} className="mb-4" />
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {q && query.isPending && <Loading rows={4} />}
      {q && query.isSuccess && hits.length === 0 && <Empty title={t('search.none_title')} text={t('search.none_text')} />}
      {!q && <p className="text-muted">{t('search.start')}</p>}
      {hits.length > 0 && (
        <ul aria-label={t('search.results')}>
          {hits.map((hit) => <Hit key={hit.message.id} hit={hit} />)}
        </ul>
      )}
      {query.hasNextPage && <Button className="mt-4" onPress={() => void query.fetchNextPage()}>{t('common.more')}</Button>}
    </PageFrame>
  )
}

function Hit({ hit }: { hit: SearchHit }) {
  const { t } = useTranslation()
  const name = hit.contact.name ?? t('contact.no_name')
  return (
    <li className="border-b border-line">
      <Link
        to="/inbox/$conversationId"
        params={{ conversationId: hit.conversation_id }}
        search={{ m: hit.message.id, status: 'any' }}
        className="focus-inset -mx-2 flex items-start gap-3 rounded-md px-2 py-3 hover:bg-hover"
      >
        <Avatar name={name} size={32} />
        <span className="min-w-0 grow">
          <span className="flex items-baseline justify-between gap-3">
            <UserText className="truncate font-semibold text-strong">{name}</UserText>
            <When at={hit.message.at} className="shrink-0 text-xs text-faint" />
          </span>
          <span className="line-clamp-3 text-muted">
            {hit.message.direction !== 'in' && <span className="text-faint">{t(`search.by.${hit.message.direction}`)} </span>}
            <Highlighted text={hit.message.preview} ranges={hit.highlights} />
          </span>
        </span>
      </Link>
    </li>
  )
}
