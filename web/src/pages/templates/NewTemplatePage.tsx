import { useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { channelsQuery, templateQuery } from '@/api/queries'
import { emptyDraft, fromTemplate } from '@/features/template/draft'
import { languageOf } from '@/i18n'
import { Loading } from '@/ui/Loading'
import { PageError } from '@/ui/NotHere'
import { TemplateEditor } from './TemplateEditor'

/** A new template, or one there is in another language. */
export function NewTemplatePage() {
  const { t, i18n } = useTranslation()
  const { from, channel } = useSearch({ from: '/app/templates/new' })
  const channels = useQuery(channelsQuery)
  const source = useQuery({ ...templateQuery(from ?? ''), enabled: from !== undefined })
  if (source.isError) return <PageError error={source.error} onRetry={() => void source.refetch()} to="/templates" label={t('templates.title')} />
  if (!channels.data || (from && !source.data)) return <Loading />
  const home = source.data?.channel_id ?? channel ?? channels.data[0]?.id ?? ''
  const language = languageOf(i18n.language).whatsapp
  // One's own language, or where that is the one there is, the other that people here write in; a click changes it.
  const other = language === 'en' ? 'ar' : 'en'
  const draft = source.data ? { ...fromTemplate(source.data), language: source.data.language.split('_')[0] === language.split('_')[0] ? other : language } : emptyDraft(language)
  return <TemplateEditor key={from ?? 'new'} start={draft} channel={home} channels={channels.data} translates={source.data !== undefined} />
}
