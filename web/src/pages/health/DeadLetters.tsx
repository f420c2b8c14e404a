import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { RotateCw, Trash2 } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { post, remove } from '@/api/client'
import { keys } from '@/api/keys'
import { deadLettersQuery } from '@/api/queries'
import type { DeadLetter } from '@/api/types'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { errorText } from '@/ui/errors'
import { IconButton } from '@/ui/IconButton'
import { Section } from '@/ui/Section'
import { toast } from '@/ui/toast'
import { UserText } from '@/ui/UserText'
import { When } from '@/ui/When'

/** Work that was tried often enough and now waits for a person: look, replay, or let go. */
export function DeadLetters() {
  const { t } = useTranslation()
  const query = useQuery(deadLettersQuery)
  const client = useQueryClient()
  const gone = (id: string) => client.setQueryData<DeadLetter[]>(keys.deadLetters, (old) => old?.filter((letter) => letter.id !== id))
  const onError = (error: unknown) => {
    void client.invalidateQueries({ queryKey: keys.deadLetters })
    toast(errorText(error, t), 'danger')
  }
  const replay = useMutation({ mutationFn: (id: string) => post(`/dead-letters/${id}/replay`), onMutate: gone, onSuccess: () => toast(t('dead.replayed')), onError })
  const drop = useMutation({ mutationFn: (id: string) => remove(`/dead-letters/${id}`), onMutate: gone, onError })
  return (
    <Section title={t('dead.title')} hint={t('dead.hint')}>
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.length === 0 && <p className="text-muted">{t('dead.none')}</p>}
      <ul aria-label={t('dead.title')}>
        {query.data?.map((letter) => (
          <li key={letter.id} className="flex items-center gap-3 border-b border-line py-2.5 last:border-b-0">
            <div className="min-w-0 grow">
              <p className="text-strong"><UserText>{letter.summary ?? letter.kind}</UserText></p>
              {letter.last_error && <p className="text-sm text-danger-ink"><UserText>{letter.last_error}</UserText></p>}
              <p className="text-xs text-muted"><bdi dir="ltr">{letter.queue}</bdi> · {t('dead.attempts', { count: letter.attempts })} · <When at={letter.created_at} /></p>
            </div>
            <Button small onPress={() => replay.mutate(letter.id)}><RotateCw size={13} aria-hidden />{t('dead.replay')}</Button>
            <IconButton label={t('dead.drop')} icon={Trash2} onPress={() => drop.mutate(letter.id)} />
          </li>
        ))}
      </ul>
    </Section>
  )
}
