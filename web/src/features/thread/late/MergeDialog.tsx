import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { contactConversationsQuery, conversationQuery } from '@/api/queries'
import type { Conversation } from '@/api/types'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { Loading } from '@/ui/Loading'
import { Select } from '@/ui/Select'
import { useParting, type PartingProps } from './useParting'

/** With which of the customer's other conversations this one becomes one, and what that means. */
export function MergeDialog(props: PartingProps) {
  const { conversation, onClose } = props
  const { t } = useTranslation()
  const { data } = useQuery(conversationQuery(conversation))
  return (
    <Dialog title={t('parting.merge')} isOpen onClose={onClose}>
      {data ? <Choice {...props} own={data} /> : <Loading />}
    </Dialog>
  )
}

function Choice({ own, ...props }: PartingProps & { own: Conversation }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { data, error: missing } = useQuery(contactConversationsQuery(own.contact.id))
  const others = data?.items.filter((row) => row.id !== own.id && row.channel.id === own.channel.id)
  const [chosen, setChosen] = useState(props.at)
  const { mutate, error, isPending } = useParting<{ into: string }>(props, 'merge', t('parting.was_merged'))
  if (missing) return <ErrorNote error={missing} />
  if (!others) return <Loading />
  if (others.length === 0) return <p className="text-muted">{t('parting.nothing')}</p>
  const other = others.find((row) => row.id === chosen) ?? others[0]
  const lead = (row: Conversation) => [t(`inbox.status.${row.status}`), row.last_message_at === null ? '' : formats.moment(row.last_message_at)].filter(Boolean).join(' · ')
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (other) mutate({ into: other.id })
      }}
    >
      <Select label={t('parting.with')} value={other?.id ?? ''} onChange={setChosen} options={others.map((row) => ({ id: row.id, lead: lead(row), label: row.last_message?.preview ?? '', foreign: true }))} />
      <p className="text-muted">{t('parting.merge_text')}</p>
      {error && <ErrorNote error={error} />}
      <div className="flex justify-end gap-2">
        <Button look="quiet" onPress={props.onClose}>{t('common.cancel')}</Button>
        <Button look="primary" type="submit" isDisabled={isPending}>{t('parting.do_merge')}</Button>
      </div>
    </form>
  )
}
