import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { patch } from '@/api/client'
import { usersQuery } from '@/api/queries'
import type { Contact } from '@/api/types'
import { putContact } from '@/live/cache'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { fieldError, isAtField } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { Select } from '@/ui/Select'

const nobody = 'none'

/** Changes what we know of a person; an emptied field is removed. */
export function EditContact({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { data: users = [] } = useQuery(usersQuery)
  const [name, setName] = useState(contact.name ?? '')
  const [email, setEmail] = useState(contact.email ?? '')
  const [language, setLanguage] = useState(contact.language ?? '')
  const [owner, setOwner] = useState(contact.owner_id ?? nobody)
  const [fields, setFields] = useState(() => Object.entries(contact.fields).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
  const [newField, setNewField] = useState('')
  const save = useMutation({
    mutationFn: () =>
      patch<Contact>(`/contacts/${contact.id}`, {
        name: name.trim(),
        email: email.trim() || null,
        language: language.trim() || null,
        owner_id: owner === nobody ? null : owner,
        fields: Object.fromEntries(fields.map(([key, value]) => [key, value.trim() || null])),
      }),
    onSuccess: (fresh) => {
      putContact(client, fresh)
      onClose()
    },
  })
  return (
    <Dialog title={t('contact.edit')} isOpen onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <Field label={t('contact.name')} value={name} onChange={setName} error={fieldError(save.error, 'name')} />
        <Field label={t('contact.email')} type="email" ltr value={email} onChange={setEmail} error={fieldError(save.error, 'email')} />
        <Field label={t('contact.language')} hint={t('contact.language_hint')} ltr value={language} onChange={setLanguage} error={fieldError(save.error, 'language')} />
        <Select label={t('contact.owner')} value={owner} onChange={setOwner} options={[{ id: nobody, label: t('thread.nobody') }, ...users.map((user) => ({ id: user.id, label: user.name }))]} />
        <fieldset className="flex flex-col gap-3 border-t border-line pt-3">
          <legend className="sr-only">{t('contact.fields')}</legend>
          {fields.map(([key, value], index) => (
            <Field key={key} label={key.replaceAll('_', ' ')} value={value} onChange={(next) => setFields((old) => old.map((entry, at) => (at === index ? [key, next] : entry)))} />
          ))}
          <div className="flex items-end gap-2">
            <div className="grow"><Field label={t('contact.new_field')} value={newField} onChange={setNewField} /></div>
            <Button
              isDisabled={!newField.trim() || fields.some(([key]) => key === newField.trim())}
              onPress={() => {
                setFields((old) => [...old, [newField.trim().toLowerCase().replace(/\s+/g, '_'), '']])
                setNewField('')
              }}
            >
              <Plus size={15} aria-hidden />
              {t('contact.add_field')}
            </Button>
          </div>
        </fieldset>
        {save.isError && !isAtField(save.error, ['name', 'email', 'language']) && <ErrorNote error={save.error} />}
        <Button look="primary" type="submit" isDisabled={save.isPending}>{t('common.save')}</Button>
      </form>
    </Dialog>
  )
}
