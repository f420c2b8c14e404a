import { useInfiniteQuery } from '@tanstack/react-query'
import { ArrowRight } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { get } from '@/api/client'
import { keys } from '@/api/keys'
import type { HistoryEntry, Id, Page } from '@/api/types'
import { fieldText, valueText } from '@/pages/conflicts/value'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { known } from '@/ui/errors'
import { Section } from '@/ui/Section'
import { UserText } from '@/ui/UserText'
import { When } from '@/ui/When'

/** Who changed what when, from what to what, and from which system it came. */
export function HistorySection({ contactId }: { contactId: Id }) {
  const { t } = useTranslation()
  const query = useInfiniteQuery({
    queryKey: [...keys.contactsAll, 'history', contactId],
    queryFn: ({ pageParam, signal }) => get<Page<HistoryEntry>>(`/contacts/${contactId}/history`, { limit: 10, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
  const entries = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Section title={t('history.title')} hint={t('history.hint')}>
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && entries.length === 0 && <p className="text-sm text-muted">{t('history.none')}</p>}
      <ol aria-label={t('history.title')} className="flex flex-col gap-3 text-sm empty:hidden">
        {entries.map((entry) => <Entry key={entry.id} entry={entry} />)}
      </ol>
      {query.hasNextPage && <Button small look="quiet" className="mt-2" isDisabled={query.isFetchingNextPage} onPress={() => void query.fetchNextPage()}>{t('common.more')}</Button>}
    </Section>
  )
}

function Entry({ entry }: { entry: HistoryEntry }) {
  const { t } = useTranslation()
  const what = entry.action === 'contact.updated' ? null : (known(`history.${entry.action}`) ?? entry.action.replace(/^contact\./, '').replaceAll('_', ' '))
  const who = entry.actor ?? known(`history.by.${entry.actor_kind}`) ?? entry.source
  return (
    <li className="border-s-2 border-line ps-3">
      <p className="flex items-baseline gap-2 text-xs text-muted">
        <UserText className="min-w-0 truncate">{who}</UserText>
        {what && <span>{what}</span>}
        <span className="grow" />
        <When at={entry.at} className="shrink-0" />
      </p>
      {entry.changes.map(({ field, old, new: fresh }) => (
        <p key={field} className="flex flex-wrap items-baseline gap-x-1.5">
          <UserText className="text-muted">{fieldText(field)}</UserText>
          <UserText className="text-muted line-through">{valueText(old) || t('conflict.empty')}</UserText>
          <ArrowRight size={12} aria-hidden className="mirror self-center text-muted" />
          <UserText className="text-strong">{valueText(fresh) || t('conflict.empty')}</UserText>
        </p>
      ))}
    </li>
  )
}
