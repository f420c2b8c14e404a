import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Ban } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { call } from '@/api/client'
import { keys } from '@/api/keys'
import { channelsQuery } from '@/api/queries'
import type { Contact, Id } from '@/api/types'
import { Button } from '@/ui/Button'
import { Confirm } from '@/ui/Confirm'
import { errorText } from '@/ui/errors'
import { Pill } from '@/ui/Pill'
import { toast } from '@/ui/toast'
import { UserText } from '@/ui/UserText'

/** Blocks a customer on a number: neither side can write to the other until it is taken back. */
export function BlockControl({ contact }: { contact: Contact }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { data: channels = [] } = useQuery(channelsQuery)
  const [asking, setAsking] = useState<string | null>(null)
  const set = useMutation({
    mutationFn: ({ id, channel_id, blocked }: { id: Id; channel_id: Id; blocked: boolean }) => call<Contact>(blocked ? 'POST' : 'DELETE', `/contacts/${id}/block`, { body: { channel_id } }),
    // By the time of the answer the page may show another customer.
    onSuccess: (next, { id, blocked }) => {
      client.setQueryData(keys.contact(id), next)
      void client.invalidateQueries({ queryKey: keys.maySend(id) })
      toast(blocked ? t('block.done') : t('block.undone'))
    },
    onError: (error) => toast(errorText(error, t), 'danger'),
  })
  return (
    <ul aria-label={t('block.title')} className="flex flex-col gap-2">
      {channels.map((channel) => {
        const blocked = contact.blocked_on.includes(channel.id)
        return (
          <li key={channel.id} className="flex min-h-8 items-center gap-2">
            <UserText className="min-w-0 grow truncate text-sm">{channel.name}</UserText>
            {blocked && <Pill icon={Ban} tone="danger">{t('block.blocked')}</Pill>}
            <Button
              small
              look={blocked ? 'outline' : 'quiet'}
              isDisabled={set.isPending}
              aria-label={t(blocked ? 'block.unblock_on' : 'block.block_on', { name: channel.name })}
              onPress={() => (blocked ? set.mutate({ id: contact.id, channel_id: channel.id, blocked: false }) : setAsking(channel.id))}
            >
              {t(blocked ? 'block.unblock' : 'block.block')}
            </Button>
          </li>
        )
      })}
      <Confirm
        title={t('block.ask')}
        text={t('block.text')}
        verb={t('block.block')}
        isOpen={asking !== null}
        onClose={() => setAsking(null)}
        onConfirm={() => asking !== null && set.mutate({ id: contact.id, channel_id: asking, blocked: true })}
      />
    </ul>
  )
}
