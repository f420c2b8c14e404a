import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { ListBox, ListBoxItem } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import { templatesQuery } from '@/api/queries'
import type { Content, Conversation, Template } from '@/api/types'
import { directionOf } from '@/i18n/direction'
import { useFormats } from '@/i18n/format'
import { ErrorNote } from '@/ui/ErrorNote'
import { SearchBox } from '@/ui/SearchBox'
import { TemplateForm } from './TemplateForm'

interface Props {
  conversation: Conversation
  onSend: (content: Content, preview: string) => void
}

/** Approved templates to choose from; the chosen one opens its form and live preview. */
export function TemplatePicker({ conversation, onSend }: Props) {
  const { t } = useTranslation()
  const formats = useFormats()
  const query = useQuery(templatesQuery({ channel_id: conversation.channel.id, status: 'APPROVED' }))
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState<Template | null>(null)
  const found = useMemo(() => {
    const wanted = text.trim().toLowerCase()
    return (query.data ?? []).filter((template) => template.status.toUpperCase() === 'APPROVED' && (!wanted || JSON.stringify([template.name, template.components]).toLowerCase().includes(wanted)))
  }, [query.data, text])

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
        items={found}
        className="min-h-0 overflow-auto outline-none"
        onAction={(key) => setChosen(found.find((template) => template.id === key) ?? null)}
        renderEmptyState={() => <p className="p-3 text-muted">{query.isPending ? t('common.loading') : t('template.none')}</p>}
      >
        {(template) => (
          <ListBoxItem id={template.id} textValue={template.name} className="cursor-default rounded-md px-2 py-1.5 outline-none data-[focus-visible]:outline-2 data-[focus-visible]:-outline-offset-2 data-[focus-visible]:outline-accent data-[hovered]:bg-hover">
            <span className="flex items-baseline gap-2">
              <bdi dir="ltr" className="truncate font-semibold text-strong">{template.name}</bdi>
              <span className="text-xs whitespace-nowrap text-muted">{formats.language(template.language)}</span>
            </span>
            <span dir={directionOf(template.language)} className="block truncate text-sm text-muted">{template.components.find((component) => component.type.toUpperCase() === 'BODY')?.text}</span>
          </ListBoxItem>
        )}
      </ListBox>
    </div>
  )
}
