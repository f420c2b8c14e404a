import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import i18next from 'i18next'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { keyOf } from '@/i18n/machine'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { Loading } from '@/ui/Loading'
import { Pill } from '@/ui/Pill'
import { Section } from '@/ui/Section'
import { places, recipientsQuery, type Campaign, type Recipient, type RecipientState } from './model'
import { ProgressBar, ProgressLegend } from './ProgressBar'

/** Everybody it is for: how far each message has come, and why it has not arrived. */
export function Recipients({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation()
  const [state, setState] = useState<RecipientState | 'any'>('any')
  const query = useInfiniteQuery(recipientsQuery(campaign, state))
  const items = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Section title={t('campaigns.recipients')} hint={t('campaigns.recipients_hint')}>
      <ProgressBar progress={campaign.progress} />
      <ProgressLegend progress={campaign.progress} chosen={state} onChoose={setState} />
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Loading rows={4} />}
      {query.isSuccess && items.length === 0 && <p className="mt-3 text-muted">{t('campaigns.nobody')}</p>}
      <ul aria-label={t('campaigns.recipients')} className="mt-3 border-t border-line">
        {items.map((recipient) => <Row key={recipient.contact.id} recipient={recipient} />)}
      </ul>
      {query.hasNextPage && <Button className="mt-3" onPress={() => void query.fetchNextPage()} isDisabled={query.isFetchingNextPage}>{t('common.more')}</Button>}
    </Section>
  )
}

function Row({ recipient }: { recipient: Recipient }) {
  const { t } = useTranslation()
  const reason = useReason()(recipient)
  const { contact, conversation_id: conversation, state } = recipient
  const name = contact.name || contact.phone || t('campaigns.unknown_contact')
  const tone = places.find((place) => place.state === state)?.tone
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-0.5 border-b border-line px-1 py-2">
      <span className="min-w-0 grow basis-40">
        {conversation ? <Link to="/inbox/$conversationId" params={{ conversationId: conversation }} className="block truncate font-semibold text-strong hover:underline"><bdi>{name}</bdi></Link> : <bdi className="block truncate text-strong">{name}</bdi>}
        {contact.name && contact.phone && <span className="block truncate text-sm text-muted"><bdi dir="ltr">{contact.phone}</bdi></span>}
      </span>
      <Pill tone={tone}>{t(`campaigns.state.${state}`)}</Pill>
      {reason && <p className="basis-full text-sm text-muted">{reason}</p>}
    </li>
  )
}

const skips = ['gone', 'merged', 'missing_value', 'too_long'] as const

/** Why, in the reader's language where the catalogue has it, else in the server's words. */
function useReason(): (recipient: Recipient) => string | null {
  const { t } = useTranslation()
  const formats = useFormats()
  return ({ reason }) => {
    if (!reason) return null
    if (reason.by === 'campaign') {
      const code = skips.find((known) => known === reason.code)
      return code ? t(`campaigns.skip.${code}`, { detail: `\u2066${reason.detail ?? ''}\u2069` }) : reason.text
    }
    if (reason.by === 'guard') {
      const own = reason.key && i18next.language !== 'en' && i18next.exists(reason.key) ? String(i18next.t(reason.key as never)) : reason.text
      return reason.until === null || i18next.language === 'en' ? own : `${own} ${t('campaigns.until', { at: formats.moment(reason.until) })}`
    }
    const key = keyOf(Number(reason.code))
    const words = key && i18next.exists(`provider.${key}.title`) ? String(i18next.t(`provider.${key}.title` as never)) : null
    return words ?? reason.text
  }
}
