import { useInfiniteQuery } from '@tanstack/react-query'
import { CircleX, Info, TriangleAlert } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { timelineQuery } from '@/api/queries'
import type { AccountEvent } from '@/api/types'
import { useFormats } from '@/i18n/format'
import { useMachineWords } from '@/i18n/machine'
import { Button } from '@/ui/Button'
import { cx } from '@/ui/cx'
import { ErrorNote } from '@/ui/ErrorNote'
import { Section } from '@/ui/Section'
import { UserText } from '@/ui/UserText'
import { When } from '@/ui/When'

const looks = {
  info: { icon: Info, tone: 'text-info' },
  warning: { icon: TriangleAlert, tone: 'text-caution' },
  severe: { icon: CircleX, tone: 'text-danger' },
} as const

/** What Meta told about the account, the number and its templates, newest first, each with what to do. */
export function Timeline({ channelId }: { channelId: string }) {
  const { t } = useTranslation()
  const query = useInfiniteQuery(timelineQuery(channelId))
  const events = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Section title={t('timeline.title')} hint={t('timeline.hint')}>
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && events.length === 0 && <p className="text-muted">{t('timeline.none')}</p>}
      <ol aria-label={t('timeline.title')}>
        {events.map((event) => <Line key={event.id} event={event} />)}
      </ol>
      {query.hasNextPage && <Button small look="quiet" onPress={() => void query.fetchNextPage()} isDisabled={query.isFetchingNextPage}>{t('common.more')}</Button>}
    </Section>
  )
}

function Line({ event }: { event: AccountEvent }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const words = useMachineWords()
  const { icon: Icon, tone } = looks[event.severity]
  const { title, detail, advice } = words.accountEvent(event, formats.number)
  return (
    <li className="flex gap-3 border-b border-line py-2.5 last:border-b-0">
      <Icon size={18} strokeWidth={1.75} role="img" aria-label={t(`timeline.severity.${event.severity}`)} className={cx('mt-px shrink-0', tone)} />
      <div className="min-w-0 grow">
        <div className="flex items-baseline justify-between gap-3">
          <p className={cx('min-w-0 text-strong', event.severity !== 'info' && 'font-semibold')}><UserText>{title}</UserText></p>
          <When at={event.at} className="shrink-0 text-xs text-muted" />
        </div>
        {detail && <p className="text-sm text-muted"><bdi dir="auto">{detail}</bdi></p>}
        {advice && <p className="mt-0.5 text-sm">{advice}</p>}
      </div>
    </li>
  )
}
