import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import { keys } from '@/api/keys'
import type { Contact } from '@/api/types'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { fieldError, isAtField } from '@/ui/errors'
import { Field } from '@/ui/Field'

/** Enters a person by hand; the server reads the number in any usual spelling. */
export function NewContact({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const [phone, setPhone] = useState('')
  const [email, setEmail] = useState('')
  const save = useMutation({
    mutationFn: () => post<Contact>('/contacts', { name: name.trim() || undefined, phone: phone.trim(), email: email.trim() || undefined }),
    onSuccess: (contact) => {
      void client.invalidateQueries({ queryKey: keys.contactLists })
      onClose()
      void navigate({ to: '/contacts/$contactId', params: { contactId: contact.id } })
    },
  })
  return (
    <Dialog title={t('contacts.add')} isOpen={isOpen} onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <Field label={t('contact.name')} value={name} onChange={setName} />
        <Field label={t('contact.phone')} hint={t('contact.phone_hint')} type="tel" ltr isRequired value={phone} onChange={setPhone} error={fieldError(save.error, 'phone')} />
        <Field label={t('contact.email')} type="email" ltr value={email} onChange={setEmail} error={fieldError(save.error, 'email')} />
        {save.isError && !isAtField(save.error, ['phone', 'email']) && <ErrorNote error={save.error} />}
        <Button look="primary" type="submit" isDisabled={save.isPending}>{t('contacts.add')}</Button>
      </form>
    </Dialog>
  )
}
