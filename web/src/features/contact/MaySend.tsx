import { useQuery } from '@tanstack/react-query'
import { ChevronDown, ShieldAlert, ShieldCheck, ShieldX } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { maySendQuery } from '@/api/queries'
import type { Verdict } from '@/api/types'
import { VerdictView } from '@/features/thread/VerdictView'
import { useMachineWords } from '@/i18n/machine'
import { cx } from '@/ui/cx'
import { ErrorNote } from '@/ui/ErrorNote'
import { Loading } from '@/ui/Loading'
import { UserText } from '@/ui/UserText'

const looks = {
  allow: { icon: ShieldCheck, tone: 'text-positive' },
  delay: { icon: ShieldAlert, tone: 'text-caution' },
  refuse: { icon: ShieldX, tone: 'text-danger' },
} as const

const kinds = ['text', 'utility', 'marketing', 'campaign'] as const

/** For each channel what could be sent to this customer now, and what stands against it. */
export function MaySend({ contactId }: { contactId: string }) {
  const { t } = useTranslation()
  const query = useQuery(maySendQuery(contactId))
  if (query.isPending) return <Loading rows={2} />
  if (query.isError) return <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
  const { channels } = query.data
  if (channels.length === 0) return <p className="text-sm text-muted">{t('may_send.no_channel')}</p>
  return (
    <div className="flex flex-col gap-3">
      {channels.map((channel) => (
        <div key={channel.channel_id}>
          {channels.length > 1 && <h3 className="mb-1 text-xs text-muted"><UserText>{channel.channel_name}</UserText></h3>}
          <ul className="flex flex-col">
            {kinds.map((kind) => <Line key={kind} kind={kind} verdict={channel[kind]} />)}
          </ul>
        </div>
      ))}
    </div>
  )
}

function Line({ kind, verdict }: { kind: (typeof kinds)[number]; verdict: Verdict }) {
  const { t } = useTranslation()
  const words = useMachineWords()
  const { icon: Icon, tone } = looks[verdict.outcome] ?? looks.allow
  return (
    <li className="border-b border-line last:border-b-0">
      <details className="group text-sm">
        <summary className="-mx-1.5 flex min-h-(--hit) cursor-default items-start gap-2 rounded-md px-1.5 py-1.5 hover:bg-hover">
          <Icon size={16} strokeWidth={1.75} role="img" aria-label={t(`why.outcome.${verdict.outcome}`)} className={cx('mt-0.5 shrink-0', tone)} />
          <span className="min-w-0 grow">
            <span className="block text-strong">{t(`may_send.${kind}`)}</span>
            {verdict.outcome !== 'allow' && <span className="block text-xs text-muted">{words.summary(verdict)}</span>}
          </span>
          <ChevronDown size={14} aria-hidden className="mt-1 shrink-0 text-muted group-open:rotate-180" />
        </summary>
        <div className="pt-1 pb-3 ps-6"><VerdictView verdict={verdict} /></div>
      </details>
    </li>
  )
}
