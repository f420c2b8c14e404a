import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import type { User } from '@/api/types'
import { useSettings } from '@/features/frame/useSettings'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { toast } from '@/ui/toast'

/** One's name, as colleagues see it. */
export function ProfileForm({ user }: { user: User }) {
  const { t } = useTranslation()
  const [name, setName] = useState(user.name)
  const { mutate, isPending } = useSettings()
  const changed = name.trim() !== '' && name.trim() !== user.name
  return (
    <form
      className="flex max-w-md flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (changed) mutate({ name: name.trim() }, { onSuccess: () => toast(t('account.saved')) })
      }}
    >
      <Field label={t('contact.name')} value={name} onChange={setName} autoComplete="name" />
      <Field label={t('contact.email')} value={user.email} isReadOnly ltr />
      <Button type="submit" className="self-start" isDisabled={!changed || isPending}>{t('common.save')}</Button>
    </form>
  )
}
