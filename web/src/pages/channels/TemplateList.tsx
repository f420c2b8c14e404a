import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { RefreshCw } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import { templatesQuery } from '@/api/queries'
import type { Template } from '@/api/types'
import { directionOf } from '@/i18n/direction'
import { useFormats } from '@/i18n/format'
import { useMachineWords } from '@/i18n/machine'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { errorText } from '@/ui/errors'
import { Pill, type Tone } from '@/ui/Pill'
import { Section } from '@/ui/Section'
import { toast } from '@/ui/toast'

const tones: Record<string, Tone | undefined> = { APPROVED: 'positive', PENDING: 'caution', IN_APPEAL: 'caution', PAUSED: 'caution', REJECTED: 'danger', DISABLED: 'danger' }
const named = ['APPROVED', 'PENDING', 'PAUSED', 'REJECTED', 'DISABLED'] as const

/** The templates Meta knows for this account, brought over on demand. */
export function TemplateList({ channelId }: { channelId: string }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useQuery(templatesQuery({ channel_id: channelId }))
  const sync = useMutation({
    mutationFn: () => post<{ synced: number }>(`/channels/${channelId}/templates/sync`),
    onSuccess: ({ synced }) => {
      void client.invalidateQueries({ queryKey: ['templates'] })
      toast(t('channel.templates_synced', { count: synced }))
    },
    onError: (error) => toast(errorText(error, t), 'danger'),
  })
  return (
    <Section title={t('channel.templates')} aside={<Button small onPress={() => sync.mutate()} isDisabled={sync.isPending}><RefreshCw size={13} aria-hidden />{t('channel.sync_templates')}</Button>}>
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.length === 0 && <p className="text-muted">{t('channel.no_templates')}</p>}
      <ul aria-label={t('channel.templates')}>
        {query.data?.map((template) => <TemplateRow key={template.id} template={template} />)}
      </ul>
    </Section>
  )
}

function TemplateRow({ template }: { template: Template }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const words = useMachineWords()
  const state = template.status.toUpperCase()
  const known = named.find((name) => name === state)
  const body = template.components.find((component) => component.type.toUpperCase() === 'BODY')?.text
  return (
    <li className="border-b border-line py-2.5 last:border-b-0">
      <div className="flex items-center gap-2">
        <bdi dir="ltr" className="min-w-0 truncate font-semibold text-strong">{template.name}</bdi>
        <span className="grow text-xs whitespace-nowrap text-muted">{formats.language(template.language)} · {words.value(template.category)}</span>
        <Pill tone={tones[state] ?? 'neutral'}>{known ? t(`template.status.${known}`) : template.status.toLowerCase()}</Pill>
      </div>
      {body && <p dir={directionOf(template.language)} className="line-clamp-2 text-sm text-muted">{body}</p>}
    </li>
  )
}
