import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { post } from '@/api/client'
import { keys } from '@/api/keys'
import type { Channel } from '@/api/types'
import { Button } from '@/ui/Button'
import { Copy } from '@/ui/Copy'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { fieldError, isAtField } from '@/ui/errors'
import { Field } from '@/ui/Field'

const inputs = ['name', 'phone_number_id', 'waba_id', 'access_token', 'app_secret'] as const

/** A verify token nobody guesses; Meta repeats it to us once. */
function newToken(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(18)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Connects a WhatsApp number: what Meta shows is entered, what Meta wants is copied. */
export function AddChannel({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const [values, setValues] = useState<Record<(typeof inputs)[number] | 'base_url', string>>({ name: '', phone_number_id: '', waba_id: '', access_token: '', app_secret: '', base_url: '' })
  const [verify] = useState(newToken)
  const save = useMutation({
    mutationFn: () => {
      const clean = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value.trim() || undefined]))
      return post<Channel>('/channels', { kind: 'whatsapp', verify_token: verify, ...clean })
    },
    onSuccess: () => void client.invalidateQueries({ queryKey: keys.channels }),
  })
  const close = () => {
    save.reset()
    onClose()
  }
  return (
    <Dialog title={t('channels.add')} isOpen={isOpen} onClose={close}>
      {save.data ? (
        <div className="flex flex-col gap-4">
          <p>{t('channels.created')}</p>
          <Copy label={t('channels.webhook_url')} value={save.data.webhook_url} />
          <Copy label={t('channels.verify_token')} value={verify} />
          <p className="text-sm text-muted">{t('channels.subscribe_hint')}</p>
          <Button
            look="primary"
            onPress={() => {
              close()
              if (save.data) void navigate({ to: '/channels/$channelId', params: { channelId: save.data.id } })
            }}
          >
            {t('channels.open')}
          </Button>
        </div>
      ) : (
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            save.mutate()
          }}
        >
          {inputs.map((name) => (
            <Field
              key={name}
              label={t(`channels.field.${name}`)}
              hint={t(`channels.hint.${name}`)}
              isRequired={name !== 'name'}
              ltr={name !== 'name'}
              type={name === 'access_token' || name === 'app_secret' ? 'password' : 'text'}
              autoComplete="off"
              value={values[name]}
              onChange={(value) => setValues((old) => ({ ...old, [name]: value }))}
              error={fieldError(save.error, name)}
            />
          ))}
          <details>
            <summary className="hit cursor-default py-1.5 text-sm text-muted">{t('channels.advanced')}</summary>
            <Field label={t('channels.field.base_url')} hint={t('channels.hint.base_url')} ltr value={values.base_url} onChange={(base_url) => setValues((old) => ({ ...old, base_url }))} error={fieldError(save.error, 'base_url')} />
          </details>
          {save.isError && !isAtField(save.error, [...inputs, 'base_url']) && <ErrorNote error={save.error} />}
          <Button look="primary" type="submit" isDisabled={save.isPending}>{t('channels.connect')}</Button>
        </form>
      )}
    </Dialog>
  )
}
