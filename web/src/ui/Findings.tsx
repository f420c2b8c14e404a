import { Link } from '@tanstack/react-router'
import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Finding } from '@/api/types'
import { useMachineWords } from '@/i18n/machine'
import { cx } from './cx'
import { UserText } from './UserText'

const looks = {
  ok: { icon: CircleCheck, tone: 'text-positive' },
  warning: { icon: TriangleAlert, tone: 'text-caution' },
  blocking: { icon: CircleX, tone: 'text-danger' },
} as const

const order = { blocking: 0, warning: 1, ok: 2 } as const

/** What a check found, worst first: title, why, what to do. `linked`: what a finding is about leads to its own page. */
export function Findings({ findings, linked = false }: { findings: Finding[]; linked?: boolean }) {
  const { t } = useTranslation()
  const words = useMachineWords()
  return (
    <ul aria-label={t('findings.title')} className="flex flex-col">
      {[...findings].sort((a, b) => order[a.state] - order[b.state]).map((finding, index) => {
        const { icon: Icon, tone } = looks[finding.state]
        const { title, cause, fix } = words.finding(finding)
        return (
          <li key={`${finding.check}${finding.subject?.id ?? index}`} className="flex gap-3 border-b border-line py-2.5 last:border-b-0">
            <Icon size={18} strokeWidth={1.75} role="img" aria-label={t(`findings.${finding.state}`)} className={cx('mt-px shrink-0', tone)} />
            <div className="min-w-0">
              <p className={cx('text-strong', finding.state !== 'ok' && 'font-semibold')}><UserText>{title}</UserText>{finding.subject && <span className="ms-1.5 text-sm font-normal text-muted"><About subject={finding.subject} linked={linked} /></span>}</p>
              {cause && <p className="text-sm text-muted"><UserText>{cause}</UserText></p>}
              {fix && finding.state !== 'ok' && <p className="mt-0.5 text-sm"><UserText>{fix}</UserText></p>}
            </div>
          </li>
        )
      })}
    </ul>
  )
}

function About({ subject, linked }: { subject: NonNullable<Finding['subject']>; linked: boolean }) {
  const name = <bdi dir="auto">{subject.name}</bdi>
  const look = 'text-accent-ink underline underline-offset-2'
  if (!linked) return name
  if (subject.kind === 'channel') return <Link to="/channels/$channelId" params={{ channelId: subject.id }} className={look}>{name}</Link>
  if (subject.kind === 'connection') return <Link to="/connections/$connectionId" params={{ connectionId: subject.id }} className={look}>{name}</Link>
  if (subject.kind === 'campaign') return <Link to="/campaigns/$campaignId" params={{ campaignId: subject.id }} className={look}>{name}</Link>
  if (subject.kind === 'coupon_pool' || subject.kind === 'shop_source') return <Link to="/shop" className={look}>{name}</Link>
  if (subject.kind === 'rule') return <Link to="/rules/$ruleId" params={{ ruleId: subject.id }} className={look}>{name}</Link>
  if (subject.kind === 'webhook') return <Link to="/connections/webhooks/$webhookId" params={{ webhookId: subject.id }} className={look}>{name}</Link>
  return name
}
