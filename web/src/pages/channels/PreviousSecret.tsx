import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { patch } from '@/api/client'
import { keys } from '@/api/keys'
import type { Channel } from '@/api/types'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { Confirm } from '@/ui/Confirm'
import { errorText } from '@/ui/errors'
import { toast } from '@/ui/toast'

/** Until when the secret before the newest is accepted, and a button that ends it. */
export function PreviousSecret({ channel, until, mayManage }: { channel: Channel; until: number; mayManage: boolean }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const client = useQueryClient()
  const [asked, setAsked] = useState(false)
  const retire = useMutation({
    mutationFn: () => patch<Channel>(`/channels/${channel.id}`, { retire_previous_app_secret: true }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.channels })
      toast(t('channel.previous_ended'))
    },
    onError: (error: unknown) => toast(errorText(error, t), 'danger'),
  })
  return (
    <span className="-my-1.5 flex flex-wrap items-center gap-x-3">
      <time dateTime={new Date(until).toISOString()} title={formats.exact(until)}>{t('channel.previous_until', { at: formats.moment(until) })}</time>
      {mayManage && <Button look="quiet" small isDisabled={retire.isPending} onPress={() => setAsked(true)}>{t('channel.end_previous')}</Button>}
      <Confirm title={t('channel.end_previous')} text={t('channel.end_previous_text')} verb={t('channel.end_previous')} isOpen={asked} onClose={() => setAsked(false)} onConfirm={() => retire.mutate()} />
    </span>
  )
}
