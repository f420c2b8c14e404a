import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from '@/i18n/useTranslation'
import { put, remove } from '@/api/client'
import type { Message } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { intentsQuery, readingQuery, understandingKeys } from '@/features/understanding/api'
import { Understood } from '@/features/understanding/Understood'
import { intentName } from '@/features/understanding/words'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { Loading } from '@/ui/Loading'
import { Select } from '@/ui/Select'

/** What is understood of a customer's message, with the words that decided; who knows better says so. */
export function Reading({ message }: { message: Message }) {
  const { t } = useTranslation()
  const query = useQuery(readingQuery(message.id))
  const may = useMe().permissions.includes('inbox.write')
  return (
    <div className="flex flex-col gap-3">
      <h2 className="text-sm">{t('understanding.title')}</h2>
      {query.isPending && <Loading rows={2} />}
      {query.isError && <ErrorNote error={query.error} />}
      {query.data && (query.data.text.trim() ? <Understood reading={query.data} /> : <p className="text-muted">{t('understanding.no_words')}</p>)}
      {query.data?.text.trim() && may && <Correct message={message} said={query.data.said} />}
    </div>
  )
}

function Correct({ message, said }: { message: Message; said: string | null }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { data: state } = useQuery(intentsQuery)
  const fresh = () => client.invalidateQueries({ queryKey: understandingKeys.all })
  const say = useMutation({ mutationFn: (intent: string) => put<void>(`/messages/${message.id}/intent`, { intent: intent === none ? '' : intent }), onSuccess: fresh })
  const takeBack = useMutation({ mutationFn: () => remove(`/messages/${message.id}/intent`), onSuccess: fresh })
  const intents = state?.intents ?? []
  const value = said === null ? unsaid : said || none
  const options = [
    ...(said === null ? [{ id: unsaid, label: t('understanding.choose') }] : []),
    ...intents.map((id) => ({ id, label: intentName(id, t) })),
    { id: none, label: t('understanding.no_intent') },
  ]
  return (
    <div className="flex flex-col gap-2 border-t border-line pt-3">
      <Select label={t('understanding.ask')} value={value} options={options} onChange={(id) => id !== unsaid && say.mutate(id)} />
      {said !== null && <p role="status" className="flex flex-wrap items-center justify-between gap-2 text-sm text-muted">{t('understanding.learns')}<Button small look="quiet" onPress={() => takeBack.mutate()}>{t('understanding.take_back')}</Button></p>}
      {(say.isError || takeBack.isError) && <ErrorNote error={say.error ?? takeBack.error} />}
      <Link to="/rules/labelling" className="text-sm text-accent-ink underline-offset-4 hover:underline">{t('understanding.to_desk')}</Link>
    </div>
  )
}

/** Not a name that an intent can have. */
const none = '/none'
const unsaid = '/unsaid'
