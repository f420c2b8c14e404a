import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { post } from '@/api/client'
import { keys } from '@/api/keys'
import type { Connection } from '@/api/types'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { fieldError, isAtField } from '@/ui/errors'
import { Field } from '@/ui/Field'

/** Connects HubSpot by the token of a private app. */
export function AddConnection({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const [token, setToken] = useState('')
  const [address, setAddress] = useState('')
  const save = useMutation({
    mutationFn: () => post<Connection>('/connections', { kind: 'hubspot', name: name.trim() || undefined, access_token: token.trim(), base_url: address.trim() || undefined }),
    onSuccess: (connection) => {
      void client.invalidateQueries({ queryKey: keys.connections })
      onClose()
      void navigate({ to: '/connections/$connectionId', params: { connectionId: connection.id } })
    },
  })
  return (
    <Dialog title={t('connections.add')} isOpen={isOpen} onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <Field label={t('connections.name')} placeholder="HubSpot" value={name} onChange={setName} />
        <Field label={t('connections.token')} hint={t('connections.token_hint')} type="password" autoComplete="off" ltr isRequired value={token} onChange={setToken} error={fieldError(save.error, 'access_token')} />
        <details>
          <summary className="hit cursor-default py-1.5 text-sm text-muted">{t('channels.advanced')}</summary>
          <Field label={t('channels.field.base_url')} hint={t('connections.base_url_hint')} ltr value={address} onChange={setAddress} error={fieldError(save.error, 'base_url')} />
        </details>
        {save.isError && !isAtField(save.error, ['access_token', 'base_url']) && <ErrorNote error={save.error} />}
        <Button look="primary" type="submit" isDisabled={save.isPending}>{t('connections.connect')}</Button>
      </form>
    </Dialog>
  )
}
