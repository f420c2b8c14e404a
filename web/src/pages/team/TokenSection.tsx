import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { remove } from '@/api/client'
import { keys } from '@/api/keys'
import { tokensQuery } from '@/api/queries'
import type { Token } from '@/api/types'
import { isolated } from '@/i18n/direction'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { Confirm } from '@/ui/Confirm'
import { ErrorNote } from '@/ui/ErrorNote'
import { errorText } from '@/ui/errors'
import { Section } from '@/ui/Section'
import { toast } from '@/ui/toast'
import { UserText } from '@/ui/UserText'
import { When } from '@/ui/When'
import { AddToken } from './AddToken'

/** Keys for programs. */
export function TokenSection() {
  const { t } = useTranslation()
  const formats = useFormats()
  const client = useQueryClient()
  const query = useQuery(tokensQuery)
  const [adding, setAdding] = useState(false)
  const [leaving, setLeaving] = useState<Token | null>(null)
  const drop = useMutation({
    mutationFn: (id: string) => remove(`/tokens/${id}`),
    onError: (error) => toast(errorText(error, t), 'danger'),
    onSettled: () => void client.invalidateQueries({ queryKey: keys.tokens }),
  })
  return (
    <Section title={t('token.title')} hint={t('token.hint')} aside={<Button small onPress={() => setAdding(true)}><Plus size={14} aria-hidden />{t('token.add')}</Button>}>
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.length === 0 && <p className="text-muted">{t('token.none')}</p>}
      <ul aria-label={t('token.title')}>
        {query.data?.map((token) => (
          <li key={token.id} className="flex min-h-12 items-center gap-3 border-b border-line last:border-b-0">
            <div className="min-w-0 grow">
              <UserText className="block text-strong">{token.name}</UserText>
              <span className="block text-sm text-muted">
                {t(`role.${token.role}`)} · {token.last_used_at === null ? t('token.never_used') : <>{t('token.last_used')} <When at={token.last_used_at} /></>}
                {token.expires_at !== null && <> · {t('token.expires', { date: formats.date(token.expires_at) })}</>}
              </span>
            </div>
            <Button small look="danger" onPress={() => setLeaving(token)} aria-label={t('token.revoke_named', { name: token.name })}>{t('token.revoke')}</Button>
          </li>
        ))}
      </ul>
      {adding && <AddToken onClose={() => setAdding(false)} />}
      <Confirm title={t('token.revoke')} text={t('token.revoke_text', { name: isolated(leaving?.name ?? '') })} verb={t('token.revoke')} isOpen={leaving !== null} onClose={() => setLeaving(null)} onConfirm={() => leaving && drop.mutate(leaving.id)} />
    </Section>
  )
}
