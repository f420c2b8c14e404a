import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { patch, post } from '@/api/client'
import { keys } from '@/api/keys'
import type { Channel } from '@/api/types'
import { Button } from '@/ui/Button'
import { Copy } from '@/ui/Copy'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { fieldError, isAtField } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { toast } from '@/ui/toast'
import { made, newSecret, providerOf, signing } from './providers'

/** What is replaced: what signs deliveries, or the word that Meta repeats when it verifies the address. */
export type Replaced = 'secret' | 'verify_token'

/** Replaces it: typed where the provider shows it, made here where the provider is told. The one that signed before stays valid for a while. */
export function SecretDialog({ channel, what, onClose }: { channel: Channel; what: Replaced; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const provider = providerOf(channel)
  const name = what === 'verify_token' ? what : signing[provider]
  const own = name !== null && name === made[provider]
  const [value, setValue] = useState(() => (own ? newSecret() : ''))
  const field = what === 'verify_token' ? 'verify_token' : 'app_secret'
  const save = useMutation({
    mutationFn: async () => {
      await patch<Channel>(`/channels/${channel.id}`, { [field]: value.trim() })
      // It is told at once. When that fails, doing all of it again changes nothing that is done.
      if (provider === 'dialog360') await post(`/channels/${channel.id}/subscribe`)
    },
    onSuccess: () => {
      if (own && provider !== 'dialog360') return
      toast(t('channel.secret_replaced'))
      onClose()
    },
    onSettled: () => {
      void client.invalidateQueries({ queryKey: keys.channels })
      void client.invalidateQueries({ queryKey: keys.doctor })
    },
  })
  if (name === null) return null
  const label = name === 'verify_token' ? t('channels.verify_token') : t(`channels.field.${name}`)
  const title = what === 'verify_token' ? t('channel.replace_verify') : t('channel.replace_secret')
  return (
    <Dialog title={title} isOpen onClose={onClose}>
      {save.isSuccess ? (
        <div className="flex flex-col gap-4">
          <p>{t(what === 'verify_token' ? 'channel.verify_then' : 'channel.secret_then')}</p>
          <Copy label={label} value={value.trim()} />
          <Button look="primary" onPress={onClose}>{t('common.close')}</Button>
        </div>
      ) : (
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            save.mutate()
          }}
        >
          <p className="text-sm text-muted">{t(what === 'verify_token' ? 'channel.replace_verify_text' : 'channel.replace_secret_text')}</p>
          <Field
            label={label}
            hint={own || name === 'verify_token' ? t('channel.secret_made') : t(`channels.hint.${name}`)}
            ltr
            type={own ? 'text' : 'password'}
            autoComplete="off"
            value={value}
            onChange={setValue}
            error={fieldError(save.error, field)}
          />
          {save.isError && !isAtField(save.error, [field]) && <ErrorNote error={save.error} />}
          <Button look="primary" type="submit" isDisabled={save.isPending || value.trim() === ''}>{title}</Button>
        </form>
      )}
    </Dialog>
  )
}
