import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { patch } from '@/api/client'
import { keys } from '@/api/keys'
import type { Channel } from '@/api/types'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { fieldError, isAtField } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { toast } from '@/ui/toast'
import { providerOf } from './providers'

/** What each provider calls it. */
const tokens = { meta: 'access_token', dialog360: 'api_key', twilio: 'auth_token', bird: 'access_key', gateway: 'bearer' } as const

/** Replaces the access token: tried at the provider first, so that a wrong one changes nothing. */
export function TokenDialog({ channel, isOpen, onClose }: { channel: Channel; isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [token, setToken] = useState('')
  const name = tokens[providerOf(channel)]
  const save = useMutation({
    mutationFn: () => patch<Channel>(`/channels/${channel.id}`, { access_token: token.trim() }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.channels })
      void client.invalidateQueries({ queryKey: keys.doctor })
      toast(t('channel.token_replaced'))
      close()
    },
  })
  const close = () => {
    setToken('')
    save.reset()
    onClose()
  }
  return (
    <Dialog title={t('channel.replace_token')} isOpen={isOpen} onClose={close}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <p className="text-sm text-muted">{t('channel.replace_token_text')}</p>
        <Field label={t(`channels.field.${name}`)} hint={t(`channels.hint.${name}`)} ltr type="password" autoComplete="off" value={token} onChange={setToken} error={fieldError(save.error, 'access_token')} />
        {save.isError && !isAtField(save.error, ['access_token']) && <ErrorNote error={save.error} />}
        <Button look="primary" type="submit" isDisabled={save.isPending || token.trim() === ''}>{save.isPending ? t('channel.checking') : t('channel.replace_token')}</Button>
      </form>
    </Dialog>
  )
}
