import { useQuery } from '@tanstack/react-query'
import { Sparkles } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Header, ListBox, ListBoxItem, ListBoxSection } from 'react-aria-components'
import { useTranslation } from '@/i18n/useTranslation'
import { suggestionsQuery, templatesQuery } from '@/api/queries'
import type { Content, Conversation, Template, TemplateSuggestion } from '@/api/types'
import { directionOf } from '@/i18n/direction'
import { useFormats } from '@/i18n/format'
import { ErrorNote } from '@/ui/ErrorNote'
import { SearchBox } from '@/ui/SearchBox'
import { TemplateForm } from './TemplateForm'

interface Props {
  conversation: Conversation
  onSend: (content: Content, preview: string) => void
}

/** Approved templates to choose from, those that fit the conversation first; the chosen one opens its form and live preview. */
export function TemplatePicker({ conversation, onSend }: Props) {
  const { t } = useTranslation()
  const query = useQuery(templatesQuery({ channel_id: conversation.channel.id, status: 'APPROVED' }))
  const suggestions = useQuery(suggestionsQuery(conversation.id))
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState<Template | null>(null)
  const found = useMemo(() => {
    const wanted = text.trim().toLowerCase()
    return (query.data ?? []).filter((template) => template.status.toUpperCase() === 'APPROVED' && (!wanted || JSON.stringify([template.name, template.components]).toLowerCase().includes(wanted)))
  }, [query.data, text])

  const suggested = useMemo(() => {
    const fits = text.trim() ? [] : (suggestions.data ?? [])
    return fits.flatMap((suggestion) => {
      const template = found.find((one) => one.id === suggestion.template_id)
      return template ? [{ template, suggestion }] : []
    })
  }, [suggestions.data, found, text])
  const others = found.filter((template) => !suggested.some((one) => one.template.id === template.id))

  if (chosen) {
    return (
      <TemplateForm
        template={chosen}
        conversation={conversation}
        onBack={() => setChosen(null)}
        onSend={(content, shown) => {
          onSend(content, shown)
          setChosen(null)
        }}
      />
    )
  }
  return (
    <div className="flex max-h-[40dvh] flex-col gap-2 p-3">
      <SearchBox label={t('template.search')} value={text} onChange={setText} />
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      <ListBox
        aria-label={t('template.list')}
        className="min-h-0 overflow-auto outline-none"
        onAction={(key) => setChosen(found.find((template) => template.id === key) ?? null)}
        renderEmptyState={() => <p className="p-3 text-muted">{query.isPending ? t('common.loading') : t('template.none')}</p>}
      >
        {suggested.length > 0 && (
          <ListBoxSection>
            <Header className="flex items-center gap-1.5 px-2 pt-1 text-xs font-semibold text-muted"><Sparkles size={12} aria-hidden />{t('template.suggested')}</Header>
            {suggested.map(({ template, suggestion }) => <Row key={template.id} template={template} suggestion={suggestion} />)}
          </ListBoxSection>
        )}
        {others.length > 0 && (
          <ListBoxSection>
            {suggested.length > 0 && <Header className="px-2 pt-2 text-xs font-semibold text-muted">{t('template.all')}</Header>}
            {others.map((template) => <Row key={template.id} template={template} />)}
          </ListBoxSection>
        )}
      </ListBox>
    </div>
  )
}

function Row({ template, suggestion }: { template: Template; suggestion?: TemplateSuggestion }) {
  const formats = useFormats()
  const why = useReasons()
  return (
    <ListBoxItem id={template.id} textValue={template.name} className="cursor-default rounded-md px-2 py-1.5 outline-none data-[focus-visible]:outline-2 data-[focus-visible]:-outline-offset-2 data-[focus-visible]:outline-accent data-[hovered]:bg-hover">
      <span className="flex items-baseline gap-2">
        <bdi dir="ltr" className="truncate font-semibold text-strong">{template.name}</bdi>
        <span className="text-xs whitespace-nowrap text-muted">{formats.language(template.language)}</span>
      </span>
      <span dir={directionOf(template.language)} className="block truncate text-sm text-muted">{template.components.find((component) => component.type.toUpperCase() === 'BODY')?.text}</span>
      {suggestion && <span className="block truncate text-xs text-accent-ink">{why(suggestion)}</span>}
    </ListBoxItem>
  )
}

/** What speaks for a suggestion, in one line. */
function useReasons(): (suggestion: TemplateSuggestion) => string {
  const { t } = useTranslation()
  const formats = useFormats()
  const value = (code: string, text: string) => (code === 'language' ? formats.language(text) : `\u2068${text}\u2069`)
  return ({ reasons }) => reasons.map(({ code, value: text }) => (code === 'often' ? t('template.why.often', { count: Number(text) }) : t(`template.why.${code}`, { value: value(code, text) }))).join(t('common.list_separator'))
}
