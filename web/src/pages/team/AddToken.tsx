import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import { keys } from '@/api/keys'
import type { Role, Token } from '@/api/types'
import { Button } from '@/ui/Button'
import { Copy } from '@/ui/Copy'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { Field } from '@/ui/Field'
import { Select } from '@/ui/Select'
import { roles } from './roles'

const day = 86_400_000
const lives = ['30', '90', '365', 'never'] as const

/** Makes an API token; its secret is shown once and never again. */
export function AddToken({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('agent')
  const [life, setLife] = useState<(typeof lives)[number]>('90')
  const save = useMutation({
    mutationFn: () => post<Token>('/tokens', { name: name.trim(), role, scopes: [], expires_at: life === 'never' ? null : Date.now() + Number(life) * day }),
    onSuccess: () => void client.invalidateQueries({ queryKey: keys.tokens }),
  })
  return (
    <Dialog title={t('token.add')} isOpen onClose={onClose}>
      {save.data ? (
        <div className="flex flex-col gap-4">
          <p className="rounded-lg bg-caution-soft p-3 text-caution-ink">{t('token.once')}</p>
          <Copy label={t('token.secret')} value={save.data.secret ?? ''} />
          <Button look="primary" onPress={onClose}>{t('token.done')}</Button>
        </div>
      ) : (
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            save.mutate()
          }}
        >
          <Field label={t('contact.name')} hint={t('token.name_hint')} isRequired value={name} onChange={setName} />
          <Select label={t('team.role')} value={role} options={roles.filter((id) => id !== 'owner').map((id) => ({ id, label: t(`role.${id}`) }))} onChange={setRole} />
          <Select label={t('token.life')} value={life} options={lives.map((id) => ({ id, label: t(`token.life_of.${id}`) }))} onChange={setLife} />
          {save.isError && <ErrorNote error={save.error} />}
          <Button look="primary" type="submit" isDisabled={!name.trim() || save.isPending}>{t('token.add')}</Button>
        </form>
      )}
    </Dialog>
  )
}
