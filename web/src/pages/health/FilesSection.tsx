import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { patch } from '@/api/client'
import { keys } from '@/api/keys'
import { retentionQuery } from '@/api/queries'
import type { MediaRetention } from '@/api/types'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { Confirm } from '@/ui/Confirm'
import { ErrorNote } from '@/ui/ErrorNote'
import { errorText } from '@/ui/errors'
import { Figure } from '@/ui/Figure'
import { Loading } from '@/ui/Loading'
import { Section } from '@/ui/Section'
import { Select } from '@/ui/Select'
import { toast } from '@/ui/toast'

const choices = [30, 90, 180, 365, 730]

/** How long files are kept: shorter saves space and keeps fewer of the customers' pictures. */
export function FilesSection() {
  const { t } = useTranslation()
  const query = useQuery(retentionQuery)
  return (
    <Section title={t('files.title')} hint={t('files.hint')}>
      {query.isPending && <Loading rows={2} />}
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Files key={query.data.days ?? 0} kept={query.data} />}
    </Section>
  )
}

function Files({ kept }: { kept: MediaRetention }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const client = useQueryClient()
  const [days, setDays] = useState(String(kept.days ?? 0))
  const [asking, setAsking] = useState(false)
  const save = useMutation({
    mutationFn: () => patch<MediaRetention>('/media/retention', { days: days === '0' ? null : Number(days) }),
    onSuccess: (next) => {
      client.setQueryData(keys.retention, next)
      toast(t('files.saved'))
    },
    onError: (error) => toast(errorText(error, t), 'danger'),
  })
  const offered = [...new Set([...choices, ...(kept.days ? [kept.days] : [])])].sort((a, b) => a - b)
  const changed = days !== String(kept.days ?? 0)
  return (
    <div className="flex flex-col gap-4">
      <dl className="grid grid-cols-2 gap-4 md:grid-cols-4">
        <Figure label={t('files.count')} definition={t('files.count_definition')}>{formats.number(kept.files)}</Figure>
        <Figure label={t('files.size')} definition={t('files.size_definition')}>{formats.bytes(kept.bytes)}</Figure>
        <Figure label={t('files.due')} definition={t('files.due_definition')}>{formats.number(kept.due_files)}</Figure>
        <Figure label={t('files.next')} definition={t('files.next_definition')}>{kept.next_run_at ? formats.moment(kept.next_run_at) : '–'}</Figure>
      </dl>
      <div className="flex flex-wrap items-end gap-3">
        <div className="w-56"><Select label={t('files.keep')} value={days} options={[{ id: '0', label: t('files.for_ever') }, ...offered.map((count) => ({ id: String(count), label: formats.days(count) }))]} onChange={setDays} /></div>
        <Button look="primary" isDisabled={!changed || save.isPending} onPress={() => (days === '0' ? save.mutate() : setAsking(true))}>{t('common.save')}</Button>
      </div>
      <Confirm title={t('files.confirm')} text={t('files.confirm_text', { count: Number(days) })} verb={t('common.save')} isOpen={asking} onClose={() => setAsking(false)} onConfirm={() => save.mutate()} />
    </div>
  )
}
