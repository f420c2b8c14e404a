import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { get, patch } from '@/api/client'
import { keys } from '@/api/keys'
import type { Workspace } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { wholeNumber } from '@/i18n/digits'
import { Answered } from '@/ui/Answered'
import { Button } from '@/ui/Button'
import { errorText } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { Section } from '@/ui/Section'
import { toast } from '@/ui/toast'

const most = 365

/** For how long a customer's message opens the resolved conversation again, with whoever had it. */
export function ReopenSection() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const may = useMe().permissions.includes('workspace.manage')
  const query = useQuery({ queryKey: keys.workspace, queryFn: ({ signal }) => get<Workspace>('/workspace', undefined, signal) })
  const [typed, setTyped] = useState<string | null>(null)
  const save = useMutation({
    mutationFn: (reopen_days: number) => patch<Workspace>('/workspace', { reopen_days }),
    onSuccess: (workspace) => {
      client.setQueryData(keys.workspace, workspace)
      setTyped(null)
      toast(t('work.reopen.saved'))
    },
    onError: (error) => toast(errorText(error, t), 'danger'),
  })
  return (
    <Section title={t('work.reopen.title')} hint={t('work.reopen.hint')}>
      <Answered query={query} rows={1}>
        {(data) => {
          const shown = typed ?? String(data.reopen_days)
          const days = wholeNumber(shown, most)
          return (
            <form
              className="flex max-w-sm items-end gap-2"
              onSubmit={(event) => {
                event.preventDefault()
                if (days !== null) save.mutate(days)
              }}
            >
              <Field label={t('work.reopen.days')} value={shown} onChange={setTyped} inputMode="numeric" isDisabled={!may} error={days === null ? t('work.reopen.wrong', { most }) : null} ltr />
              {may && <Button type="submit" isDisabled={days === null || typed === null || save.isPending}>{t('common.save')}</Button>}
            </form>
          )
        }}
      </Answered>
    </Section>
  )
}
