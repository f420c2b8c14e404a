import { useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { useTranslation } from '@/i18n/useTranslation'
import { channelsQuery, templateQuery } from '@/api/queries'
import { emptyDraft, fromTemplate } from '@/features/template/draft'
import { languageOf } from '@/i18n'
import { offers } from '@/pages/channels/providers'
import { Empty } from '@/ui/Empty'
import { Ghost } from '@/ui/Ghost'
import { Loading } from '@/ui/Loading'
import { PageError } from '@/ui/NotHere'
import { PageFrame } from '@/ui/PageFrame'
import { TemplateEditor } from './TemplateEditor'

/** A new template, or one there is in another language. */
export function NewTemplatePage() {
  const { t, i18n } = useTranslation()
  const { from, channel, copy } = useSearch({ from: '/app/templates/new' })
  const channels = useQuery(channelsQuery)
  const source = useQuery({ ...templateQuery(from ?? ''), enabled: from !== undefined })
  if (source.isError) return <PageError error={source.error} onRetry={() => void source.refetch()} to="/templates" label={t('templates.title')} />
  if (!channels.data || (from && !source.data)) return <Loading />
  // Not everybody who carries a number takes templates from here.
  const able = channels.data.filter((one) => offers(one, 'template_writing'))
  const wanted = source.data?.channel_id ?? channel
  const home = (able.find((one) => one.id === wanted) ?? able[0])?.id
  if (!home) return <PageFrame title={t('templates.new')}><Empty ghost={<Ghost />} title={t('templates.nowhere_title')} text={t('templates.nowhere')} /></PageFrame>
  const language = languageOf(i18n.language).whatsapp
  // One's own language, or where that is the one there is, the other that people here write in; a click changes it.
  const other = language === 'en' ? 'ar' : 'en'
  const draft = source.data ? { ...fromTemplate(source.data), language: source.data.language.split('_')[0] === language.split('_')[0] ? other : language } : emptyDraft(language)
  // The same under another name: where what was submitted cannot be changed.
  const start = copy && source.data ? { ...draft, name: `${source.data.name}_2`, language: source.data.language } : draft
  return <TemplateEditor key={from ?? 'new'} start={start} channel={home} channels={able} translates={source.data !== undefined && !copy} />
}
