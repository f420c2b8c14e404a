import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import { understandingKeys, type TextReading } from '@/features/understanding/api'
import { Understood } from '@/features/understanding/Understood'
import { ErrorNote } from '@/ui/ErrorNote'
import { Field } from '@/ui/Field'

/** A text as a customer might write it, and what is understood of it. */
export function TryText() {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const given = useDeferredValue(text.trim())
  const query = useQuery({
    queryKey: [...understandingKeys.words, 'try', given],
    queryFn: () => post<TextReading>('/texts/read', { text: given }),
    enabled: given !== '',
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  })
  return (
    <div className="flex flex-col gap-3">
      <Field label={t('understanding.text')} value={text} onChange={setText} rows={2} maxLength={4096} />
      {query.isError && <ErrorNote error={query.error} />}
      <div role="status">{given !== '' && query.data && <Understood reading={query.data} />}</div>
    </div>
  )
}
