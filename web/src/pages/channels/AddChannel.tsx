import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import { keys } from '@/api/keys'
import type { Channel } from '@/api/types'
import { Button } from '@/ui/Button'
import { Copy } from '@/ui/Copy'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { fieldError, isAtField } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { Select } from '@/ui/Select'
import { fieldsOf, made, newSecret, optional, providers, secret, type Provider, type ProviderField } from './providers'

type Name = ProviderField | 'name'

/** Connects a WhatsApp number: what the provider shows is entered, what the provider wants is copied. */
export function AddChannel({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [provider, setProvider] = useState<Provider>('meta')
  const [values, setValues] = useState<Partial<Record<Name, string>>>({})
  const [own] = useState(newSecret)
  const names: Name[] = ['name', ...fieldsOf[provider]]
  const save = useMutation({
    mutationFn: () => {
      const asked: Name[] = names.includes('base_url') ? names : [...names, 'base_url']
      const clean = Object.fromEntries(asked.map((name) => [name, values[name]?.trim() || undefined]))
      const word = made[provider]
      return post<Channel>('/channels', { kind: 'whatsapp', provider, ...(word && { [word]: own }), ...clean })
    },
    onSuccess: () => void client.invalidateQueries({ queryKey: keys.channels }),
  })
  const close = () => {
    save.reset()
    onClose()
  }
  const field = (name: Name) => (
    <Field
      key={`${provider}.${name}`}
      label={name === 'access_token' && provider === 'gateway' ? t('channels.field.bearer') : t(`channels.field.${name}`)}
      hint={t(`channels.hint.${hintOf(provider, name)}`)}
      isRequired={name !== 'name' && !optional[provider].some((one) => one === name) && !(name === 'base_url' && provider !== 'gateway')}
      ltr={name !== 'name'}
      type={name !== 'name' && secret.has(name) ? 'password' : 'text'}
      autoComplete="off"
      value={values[name] ?? ''}
      onChange={(value) => setValues((old) => ({ ...old, [name]: value }))}
      error={fieldError(save.error, name)}
    />
  )
  return (
    <Dialog title={t('channels.add')} isOpen={isOpen} onClose={close}>
      {save.data ? (
        <Connected channel={save.data} provider={provider} own={own} onClose={close} />
      ) : (
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            save.mutate()
          }}
        >
          <div className="flex flex-col gap-1">
            <Select
              label={t('channels.provider')}
              options={providers.map((id) => ({ id, label: t(`channels.provider_of.${id}`) }))}
              value={provider}
              onChange={(next) => {
                setProvider(next)
                save.reset()
              }}
            />
            <p className="text-sm text-muted">{t(`channels.provider_hint.${provider}`)}</p>
          </div>
          {names.map(field)}
          {provider !== 'gateway' && (
            <details>
              <summary className="hit cursor-default py-1.5 text-sm text-muted">{t('channels.advanced')}</summary>
              {field('base_url')}
            </details>
          )}
          {save.isError && !isAtField(save.error, [...names, 'base_url']) && <ErrorNote error={save.error} />}
          <Button look="primary" type="submit" isDisabled={save.isPending}>{t('channels.connect')}</Button>
        </form>
      )}
    </Dialog>
  )
}

/** Where a value is found: said for each provider, since each console is another one. */
function hintOf(provider: Provider, name: Name): Name | 'dialog360' | 'bearer' | 'gateway_url' {
  if (provider === 'dialog360' && (name === 'phone_number_id' || name === 'waba_id')) return 'dialog360'
  if (provider === 'gateway' && name === 'access_token') return 'bearer'
  if (provider === 'gateway' && name === 'base_url') return 'gateway_url'
  return name
}

/** What is left to do at the provider. */
function Connected({ channel, provider, own, onClose }: { channel: Channel; provider: Provider; own: string; onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const word = made[provider]
  return (
    <div className="flex flex-col gap-4">
      <p>{t(`channels.created_of.${provider}`)}</p>
      <Copy label={t('channels.webhook_url')} value={channel.webhook_url} />
      {word && <Copy label={t(`channels.${word}`)} value={own} />}
      <p className="text-sm text-muted">{t(`channels.then_of.${provider}`)}</p>
      <Button
        look="primary"
        onPress={() => {
          onClose()
          void navigate({ to: '/channels/$channelId', params: { channelId: channel.id } })
        }}
      >
        {t('channels.open')}
      </Button>
    </div>
  )
}
