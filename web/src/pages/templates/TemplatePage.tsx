import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { Copy, Languages, MoreHorizontal, Pencil, Play } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post, remove } from '@/api/client'
import { keys } from '@/api/keys'
import { channelsQuery, templateQuery } from '@/api/queries'
import type { Template } from '@/api/types'
import { Definitions } from '@/features/contact/DetailList'
import { useMe } from '@/features/frame/useMe'
import { fromTemplate } from '@/features/template/draft'
import { TemplateBubble } from '@/features/template/TemplateBubble'
import { useFormats } from '@/i18n/format'
import { offers } from '@/pages/channels/providers'
import { Button } from '@/ui/Button'
import { Confirm } from '@/ui/Confirm'
import { errorText } from '@/ui/errors'
import { IconButton } from '@/ui/IconButton'
import { Loading } from '@/ui/Loading'
import { PageError } from '@/ui/NotHere'
import { Menu } from '@/ui/Menu'
import { PageFrame } from '@/ui/PageFrame'
import { Pill } from '@/ui/Pill'
import { toast } from '@/ui/toast'
import { UserText } from '@/ui/UserText'
import { When } from '@/ui/When'
import { FillingsPart } from './FillingsPart'
import { UsedBy } from './UsedBy'
import { mayEdit, useStateWords } from './words'

/** One template in one language: how it looks, how it stands, what can be done. */
export function TemplatePage() {
  const { t } = useTranslation()
  const formats = useFormats()
  const words = useStateWords()
  const navigate = useNavigate()
  const client = useQueryClient()
  const { templateId } = useParams({ from: '/app/templates/$templateId' })
  const query = useQuery(templateQuery(templateId))
  const channels = useQuery(channelsQuery)
  const manages = useMe().permissions.includes('channel.manage')
  const [removing, setRemoving] = useState<'one' | 'all' | null>(null)
  const drop = useMutation({
    mutationFn: (extent: 'one' | 'all') => remove(`/templates/${templateId}${extent === 'all' ? '?all_languages=true' : ''}`),
    onSuccess: () => {
      void navigate({ to: '/templates' })
      void client.invalidateQueries({ queryKey: keys.allTemplates })
      toast(t('templates.deleted'))
    },
    onError: (error) => toast(errorText(error, t), 'danger'),
  })
  const resume = useMutation({
    mutationFn: () => post<Template>(`/templates/${templateId}/unpause`),
    onSuccess: (template) => {
      client.setQueryData(keys.template(templateId), template)
      void client.invalidateQueries({ queryKey: keys.allTemplates })
      toast(t('templates.resumed'))
    },
    onError: (error) => toast(errorText(error, t), 'danger'),
  })
  const template = query.data
  if (query.isError && !template) return <PageError error={query.error} onRetry={() => void query.refetch()} to="/templates" label={t('templates.title')} />
  if (!template) return <Loading />
  const state = words.status(template)
  const quality = words.quality(template)
  const reason = words.reason(template)
  const language = formats.language(template.language)
  const channel = channels.data?.find((one) => one.id === template.channel_id)
  // Until it is known whose it is, what everybody's is.
  const can = (feature: string) => !channel || offers(channel, feature)
  const rows: [string, React.ReactNode][] = [
    [t('templates.status_filter'), <Pill key="s" tone={state.tone}>{state.text}</Pill>],
    [t('templates.language'), language],
    [t('templates.category'), words.category(template)],
    [t('templates.quality_label'), quality?.text ?? t('templates.quality.UNKNOWN')],
    [t('templates.usage'), words.uses(template)],
    ...(template.used_by.length > 0 ? [[t('templates.used_by'), <UsedBy key="u" users={template.used_by} />] as [string, React.ReactNode]] : []),
    [t('templates.updated'), <When key="w" at={template.updated_at} />],
  ]
  if (template.message_send_ttl_seconds) rows.push([t('templates.tried'), formats.span(Math.max(0, template.message_send_ttl_seconds === -1 ? 2_592_000 : template.message_send_ttl_seconds) * 1_000)])
  if (channel) rows.push([t('templates.channel'), <bdi key="c">{channel.name}</bdi>])
  const going = template.status === 'PENDING_DELETION'
  return (
    <PageFrame
      title={template.name}
      actions={manages && !going && (
        <>
          {template.status === 'PAUSED' && can('template_editing') && <Button isDisabled={resume.isPending} onPress={() => resume.mutate()}><Play size={14} aria-hidden className="mirror" />{t('templates.resume')}</Button>}
          {mayEdit(template) && can('template_editing') && <Button look="primary" onPress={() => void navigate({ to: '/templates/$templateId/edit', params: { templateId } })}><Pencil size={14} aria-hidden />{t('templates.edit')}</Button>}
          {can('template_writing') && <Button onPress={() => void navigate({ to: '/templates/new', search: { from: templateId } })}><Languages size={16} aria-hidden />{t('templates.other_language')}</Button>}
          {can('template_writing') && !can('template_editing') && <Button onPress={() => void navigate({ to: '/templates/new', search: { from: templateId, copy: true } })}><Copy size={14} aria-hidden />{t('templates.other_name')}</Button>}
          {can('template_writing') && <Menu
            label={t('common.more_actions')}
            items={[
              ...(can('template_languages') ? [{ id: 'one', label: t('templates.delete_one'), danger: true, onAction: () => setRemoving('one') }] : []),
              { id: 'all', label: t('templates.delete_all'), danger: true, onAction: () => setRemoving('all') },
            ]}
          >
            <IconButton label={t('common.more_actions')} icon={MoreHorizontal} />
          </Menu>}
        </>
      )}
    >
      {reason && <p role="note" className="mb-4 rounded-lg bg-danger-soft p-3 text-danger-ink"><UserText>{reason}</UserText></p>}
      {manages && !going && can('template_writing') && !can('template_editing') && <p role="note" className="mb-4 rounded-lg bg-sunken p-3 text-sm text-muted">{t('templates.fixed')}</p>}
      {template.status === 'PAUSED' && <p role="note" className="mb-4 rounded-lg bg-caution-soft p-3 text-caution-ink">{t('templates.paused_text')}</p>}
      {template.status === 'PENDING' && <p role="note" className="mb-4 rounded-lg bg-caution-soft p-3 text-caution-ink">{t('templates.in_review')}</p>}
      {going && <p role="note" className="mb-4 rounded-lg bg-caution-soft p-3 text-caution-ink">{t('templates.being_deleted')}</p>}
      <div className="grid items-start gap-6 md:grid-cols-2">
        <TemplateBubble draft={fromTemplate(template)} />
        <Definitions rows={rows} />
      </div>
      <FillingsPart key={template.updated_at} template={template} mayChange={manages} />
      <Confirm
        title={removing === 'all' ? t('templates.delete_all') : t('templates.delete_one')}
        text={removing === 'all' ? t('templates.delete_all_text', { name: template.name }) : t('templates.delete_one_text', { name: template.name, language })}
        verb={t('templates.delete_verb')}
        isOpen={removing !== null}
        onClose={() => setRemoving(null)}
        onConfirm={() => removing && drop.mutate(removing)}
      />
    </PageFrame>
  )
}
