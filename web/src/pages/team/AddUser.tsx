import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import { keys } from '@/api/keys'
import type { Role, User } from '@/api/types'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { fieldError, isAtField } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { Select } from '@/ui/Select'
import { roles } from './roles'

/** Adds a colleague with a first password. */
export function AddUser({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [role, setRole] = useState<Role>('agent')
  const save = useMutation({
    mutationFn: () => post<User>('/users', { name: name.trim(), email: email.trim(), role, password }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.users })
      setName('')
      setEmail('')
      setPassword('')
      onClose()
    },
  })
  return (
    <Dialog title={t('team.add_person')} isOpen={isOpen} onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <Field label={t('contact.name')} isRequired value={name} onChange={setName} error={fieldError(save.error, 'name')} />
        <Field label={t('contact.email')} type="email" ltr isRequired value={email} onChange={setEmail} error={fieldError(save.error, 'email')} />
        <Field label={t('team.first_password')} hint={t('team.first_password_hint')} type="password" autoComplete="new-password" ltr isRequired value={password} onChange={setPassword} error={fieldError(save.error, 'password')} />
        <Select label={t('team.role')} value={role} options={roles.map((id) => ({ id, label: t(`role.${id}`) }))} onChange={setRole} />
        <p className="text-sm text-muted">{t(`role_hint.${role}`)}</p>
        {save.isError && !isAtField(save.error, ['name', 'email', 'password']) && <ErrorNote error={save.error} />}
        <Button look="primary" type="submit" isDisabled={save.isPending}>{t('team.add_person')}</Button>
      </form>
    </Dialog>
  )
}
