import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { fieldError, isAtField } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { toast } from '@/ui/toast'

/** Changes one's password; the present one is asked because a session may be someone else's hands. */
export function PasswordForm() {
  const { t } = useTranslation()
  const [current, setCurrent] = useState('')
  const [fresh, setFresh] = useState('')
  const save = useMutation({
    mutationFn: () => post('/users/me/password', { current, new: fresh }),
    onSuccess: () => {
      setCurrent('')
      setFresh('')
      toast(t('account.password_changed'))
    },
  })
  return (
    <form
      className="flex max-w-md flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Field label={t('account.password_current')} type="password" autoComplete="current-password" ltr isRequired value={current} onChange={setCurrent} error={fieldError(save.error, 'current')} />
      <Field label={t('account.password_new')} type="password" autoComplete="new-password" ltr isRequired value={fresh} onChange={setFresh} error={fieldError(save.error, 'new')} />
      {save.isError && !isAtField(save.error, ['current', 'new']) && <ErrorNote error={save.error} />}
      <Button type="submit" className="self-start" isDisabled={!current || !fresh || save.isPending}>{t('account.password_change')}</Button>
    </form>
  )
}
