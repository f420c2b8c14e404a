import { useQuery, useQueryClient, type InfiniteData } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { keys } from '@/api/keys'
import { conversationQuery } from '@/api/queries'
import type { Message, Page } from '@/api/types'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { Select } from '@/ui/Select'
import { useParting, type PartingProps } from './useParting'

/** As many of the newest messages can be chosen; an older one by its own button. */
const most = 50

/** Where the customer's last word began: what is mostly meant. */
function lastWord(newestFirst: Message[]): string | undefined {
  const from = newestFirst.findIndex((message) => message.direction === 'in')
  if (from < 0) return newestFirst[0]?.id
  let first = from
  while (newestFirst[first + 1]?.direction === 'in') first += 1
  return newestFirst[first]?.id
}

/** From which message on a conversation becomes another one, and what that means. */
export function SplitDialog(props: PartingProps) {
  const { conversation, at, onClose } = props
  const { t } = useTranslation()
  const formats = useFormats()
  const client = useQueryClient()
  const { data } = useQuery(conversationQuery(conversation))
  const [messages] = useState(() => {
    const pages = client.getQueryData<InfiniteData<Page<Message>>>(keys.messages(conversation))?.pages ?? []
    const said = pages.flatMap((page) => page.items).filter((message) => message.direction !== 'event' && message.status !== 'scheduled')
    return said.filter((message, index) => index < most || message.id === at)
  })
  const [from, setFrom] = useState(() => messages.find((message) => message.id === at)?.id ?? lastWord(messages) ?? '')
  const { mutate, error, isPending } = useParting<{ message_id: string }>(props, 'split', t('parting.was_split'))
  return (
    <Dialog title={t('parting.split')} isOpen onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (from) mutate({ message_id: from })
        }}
      >
        <Select
          label={t('parting.from')}
          value={from}
          onChange={setFrom}
          options={messages.map((message) => ({ id: message.id, lead: formats.moment(message.at), label: message.preview, foreign: true }))}
        />
        <p className="text-muted">{t(data?.status === 'resolved' ? 'parting.split_resolved' : 'parting.split_open')}</p>
        {error && <ErrorNote error={error} />}
        <div className="flex justify-end gap-2">
          <Button look="quiet" onPress={onClose}>{t('common.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={isPending || !from}>{t('parting.do_split')}</Button>
        </div>
      </form>
    </Dialog>
  )
}
