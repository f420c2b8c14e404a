import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import { keys } from '@/api/keys'
import { connectionKindsQuery } from '@/api/queries'
import type { Connection, ConnectionKind } from '@/api/types'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { fieldError, isAtField, known } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { Loading } from '@/ui/Loading'
import { Select } from '@/ui/Select'

/** Connects a CRM: the server says which ones there are and what each must be told. */
export function AddConnection({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const kinds = useQuery({ ...connectionKindsQuery, enabled: isOpen })
  const [chosen, setChosen] = useState('')
  const kind = kinds.data?.find((one) => one.kind === chosen) ?? kinds.data?.[0]
  return (
    <Dialog title={t('connections.add')} isOpen={isOpen} onClose={onClose}>
      {kinds.isPending && <Loading rows={3} />}
      {kinds.isError && <ErrorNote error={kinds.error} onRetry={() => void kinds.refetch()} />}
      {kind && (
        <div className="flex flex-col gap-4">
          <Select label={t('connections.kind')} options={(kinds.data ?? []).map((one) => ({ id: one.kind, label: one.name }))} value={kind.kind} onChange={setChosen} />
          {kind.described ? <Described onClose={onClose} /> : <KindForm key={kind.kind} kind={kind} onClose={onClose} />}
        </div>
      )}
    </Dialog>
  )
}

/** A CRM of one's own has a page to itself. */
function Described({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const open = () => {
    onClose()
    void navigate({ to: '/connections/$connectionId/description', params: { connectionId: 'new' } })
  }
  return (
    <>
      <p className="text-muted">{t('own.kind_text')}</p>
      <Button look="primary" onPress={open}>{t('own.open')}</Button>
    </>
  )
}

/** The form of one kind. Names of its fields are the server's; words for them are in the catalogues. */
function KindForm({ kind, onClose }: { kind: ConnectionKind; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const [values, setValues] = useState<Record<string, string>>({})
  const given = (name: string) => values[name]?.trim() || undefined
  const save = useMutation({
    mutationFn: () => {
      const pairs = kind.credentials.map(({ name }) => [name, given(name)] as const).filter(([, value]) => value !== undefined)
      return post<Connection>('/connections', { kind: kind.kind, name: given('name'), base_url: given('base_url'), credentials: Object.fromEntries(pairs) })
    },
    onSuccess: (connection) => {
      void client.invalidateQueries({ queryKey: keys.connections })
      onClose()
      void navigate({ to: '/connections/$connectionId', params: { connectionId: connection.id } })
    },
  })
  const edit = (name: string) => ({
    value: values[name] ?? '',
    onChange: (value: string) => setValues((old) => ({ ...old, [name]: value })),
    error: fieldError(save.error, name),
  })
  const hasOwnAddress = !kind.base_url
  const address = (
    <Field label={t('channels.field.base_url')} hint={hasOwnAddress ? undefined : t('connections.base_url_hint')} placeholder={kind.base_url_example ?? undefined} ltr isRequired={hasOwnAddress} {...edit('base_url')} />
  )
  const names = ['base_url', ...kind.credentials.map((field) => field.name)]
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Field label={t('connections.name')} placeholder={kind.name} {...edit('name')} />
      {hasOwnAddress && address}
      {kind.credentials.map((field) => (
        <Field
          key={field.name}
          label={known(`connections.credential.${kind.kind}.${field.name}.label`) ?? field.name}
          hint={known(`connections.credential.${kind.kind}.${field.name}.hint`) ?? field.help}
          type={field.secret ? 'password' : 'text'}
          autoComplete="off"
          ltr
          isRequired={field.required}
          {...edit(field.name)}
        />
      ))}
      {!hasOwnAddress && (
        <details>
          <summary className="hit cursor-default py-1.5 text-sm text-muted">{t('channels.advanced')}</summary>
          {address}
        </details>
      )}
      {save.isError && !isAtField(save.error, names) && <ErrorNote error={save.error} />}
      <Button look="primary" type="submit" isDisabled={save.isPending}>{t('connections.connect')}</Button>
    </form>
  )
}
