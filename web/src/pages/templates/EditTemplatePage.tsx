import { useQuery } from '@tanstack/react-query'
import { Navigate, useParams } from '@tanstack/react-router'
import { useTranslation } from '@/i18n/useTranslation'
import { channelsQuery, templateQuery } from '@/api/queries'
import { fromTemplate } from '@/features/template/draft'
import { offers } from '@/pages/channels/providers'
import { Loading } from '@/ui/Loading'
import { PageError } from '@/ui/NotHere'
import { TemplateEditor } from './TemplateEditor'
import { mayEdit } from './words'

/** Changes a template that WhatsApp lets be changed. */
export function EditTemplatePage() {
  const { t } = useTranslation()
  const { templateId } = useParams({ from: '/app/templates/$templateId/edit' })
  const query = useQuery(templateQuery(templateId))
  const channels = useQuery(channelsQuery)
  if (query.isError) return <PageError error={query.error} onRetry={() => void query.refetch()} to="/templates" label={t('templates.title')} />
  if (!query.data || !channels.data) return <Loading />
  const own = channels.data.find((one) => one.id === query.data.channel_id)
  if (!mayEdit(query.data) || (own && !offers(own, 'template_editing'))) return <Navigate to="/templates/$templateId" params={{ templateId }} replace />
  return <TemplateEditor key={templateId} start={fromTemplate(query.data)} channel={query.data.channel_id} channels={channels.data} edits={query.data} />
}
