import { useQuery } from '@tanstack/react-query'
import { ArrowLeft } from 'lucide-react'
import { Suspense, useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import type { Content, Conversation, FilledTemplate, Template } from '@/api/types'
import { ChoiceRows } from '@/features/content/InteractiveContent'
import { RichText } from '@/features/content/RichText'
import { pageWords } from '@/i18n'
import { directionOf } from '@/i18n/direction'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { IconButton } from '@/ui/IconButton'
import { later } from '@/ui/later'
import { Loading } from '@/ui/Loading'
import { cardOf, complete, components, isForPrograms, preview, previewText, type Blank, type Filled, type Shown } from './templateModel'

const file = later(() => Promise.all([import('./late/UploadField'), pageWords()]).then(([module]) => module.UploadField))

interface Props {
  template: Template
  conversation: Conversation
  onBack: () => void
  onSend: (content: Content, preview: string) => void
}

/** The blanks of a template beside what the customer will see, in the template's own direction. What the customer's data or a fall-back fills is filled. */
export function TemplateForm({ template, conversation, onBack, onSend }: Props) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState<Filled>({})
  const query = useQuery({
    queryKey: ['template-fill', template.id, conversation.id, template.updated_at],
    queryFn: () => post<FilledTemplate>(`/templates/${template.id}/fill`, { conversation_id: conversation.id }),
    enabled: template.variables.length > 0,
    staleTime: 0,
  })
  const known = query.data?.blanks ?? []
  const filled: Filled = { ...Object.fromEntries(known.map((blank) => [blank.key, blank.value])), ...typed }
  const origin = (key: string) => (key in typed ? null : (known.find((blank) => blank.key === key)?.origin ?? null))
  const set = (key: string, value: string) => setTyped((old) => ({ ...old, [key]: value }))
  const barred = isForPrograms(template)
  const ready = complete(template, filled) && !barred
  const send = () => {
    const text = previewText(template, filled)
    onSend({ type: 'template', name: template.name, language: template.language, components: components(template, filled), preview: text }, text)
  }
  return (
    <form
      className="flex max-h-[52dvh] flex-col"
      onSubmit={(event) => {
        event.preventDefault()
        if (ready) send()
      }}
    >
      <header className="flex items-center gap-1 px-2 pt-2">
        <IconButton label={t('template.back')} icon={ArrowLeft} mirror onPress={onBack} />
        <h2 className="flex min-w-0 grow text-sm"><bdi dir="ltr" className="truncate">{template.name}</bdi></h2>
        <Button look="primary" type="submit" isDisabled={!ready}>{t('template.send')}</Button>
      </header>
      <div className="grid min-h-0 gap-4 overflow-auto p-3 md:grid-cols-2">
        <div className="flex flex-col gap-3">
          {template.variables.length === 0 && <p className="text-muted">{t('template.no_blanks')}</p>}
          {barred && <p role="note" className="text-sm text-caution-ink">{t('template.for_programs')}</p>}
          {template.variables.map((blank) => (
            <BlankField key={blank.key} blank={blank} value={filled[blank.key] ?? ''} origin={origin(blank.key)} channel={conversation.channel.id} onChange={(value) => set(blank.key, value)} />
          ))}
        </div>
        <Preview template={template} filled={filled} />
      </div>
    </form>
  )
}

interface BlankProps {
  blank: Blank
  value: string
  origin: 'given' | 'contact' | 'fallback' | null
  channel: string
  onChange: (value: string) => void
}

function useLabel(): (blank: Blank) => string {
  const { t } = useTranslation()
  return (blank) => {
    const card = cardOf(blank)
    const label = blank.kind === 'time' ? t('template.offer_end') : blank.component === 'header' && blank.kind !== 'text' ? t(`template.media.${mediaWord(blank.kind)}`) : t(`template.blank.${placeWord(blank.component)}`, { key: blank.label })
    return card === null ? label : t('template.in_card', { n: card + 1, label })
  }
}

const placeWord = (component: string) => (component === 'header' ? 'header' : component === 'button' ? 'button' : 'body')
const mediaWord = (kind: string) => (kind === 'image' ? 'image' : kind === 'video' ? 'video' : kind === 'location' ? 'location' : kind === 'product' ? 'product' : 'document')

/** One blank with the control that its kind needs. */
export function BlankField({ blank, value, origin, channel, onChange }: BlankProps) {
  const { t } = useTranslation()
  const label = useLabel()(blank)
  if (blank.kind === 'products' || blank.kind === 'order') return null
  if (blank.kind === 'image' || blank.kind === 'video' || blank.kind === 'document') return <Suspense fallback={<Loading rows={1} />}><file.Part label={label} kind={blank.kind} channel={channel} onReady={onChange} /></Suspense>
  if (blank.kind === 'time') return <TimeBlank label={label} onChange={onChange} />
  const hint = origin === 'contact' || origin === 'fallback' ? t(`template.from.${origin}`) : blank.kind === 'location' ? t('template.location_hint') : undefined
  return <Field label={label} hint={hint} ltr={blank.kind !== 'text'} placeholder={blank.example ? t('template.example', { text: blank.example }) : undefined} value={value} onChange={onChange} />
}

/** When an offer ends, by this computer's clock. */
function TimeBlank({ label, onChange }: { label: string; onChange: (value: string) => void }) {
  return (
    <label className="flex flex-col gap-1 text-sm font-semibold">
      {label}
      <input
        type="datetime-local"
        className="field font-normal"
        onChange={(event) => {
          const at = new Date(event.target.value).getTime()
          onChange(Number.isNaN(at) ? '' : String(at))
        }}
      />
    </label>
  )
}

/** What the customer will see, in the template's own direction. */
export function Preview({ template, filled }: { template: Template; filled: Filled }) {
  const { t } = useTranslation()
  const shown = preview(template, filled)
  const language = { dir: directionOf(template.language), lang: template.language.replace('_', '-') } as const
  return (
    <section aria-label={t('template.preview')} className="flex min-w-0 flex-col gap-2 self-start">
      <Bubble shown={shown} {...language} />
      {shown.cards.length > 0 && (
        <ul {...language} tabIndex={0} aria-label={t('content.cards')} className="focus-inset flex snap-x gap-2 overflow-x-auto pb-1">
          {shown.cards.map((card, at) => (
            <li key={at} className="w-44 shrink-0 snap-start"><Bubble shown={card} {...language} /></li>
          ))}
        </ul>
      )}
    </section>
  )
}

function Bubble({ shown, dir, lang }: { shown: Shown; dir: 'ltr' | 'rtl'; lang: string }) {
  const { t } = useTranslation()
  return (
    <div dir={dir} lang={lang} className="overflow-hidden rounded-lg border border-bubble-out-line bg-bubble-out px-3 py-2">
      {shown.picture && !shown.picture.startsWith('http') && <img src={`/api/v1/media/${shown.picture}`} alt={t('template.media.image')} className="-mx-3 -mt-2 mb-2 h-28 w-[calc(100%+24px)] max-w-none object-cover" />}
      {shown.header && <p dir="auto" className="mb-1 font-semibold wrap-anywhere text-strong">{shown.header}</p>}
      {shown.body && <RichText text={shown.body} />}
      {shown.footer && <p dir="auto" className="mt-1 text-sm wrap-anywhere text-muted">{shown.footer}</p>}
      <ChoiceRows choices={shown.buttons.map((label) => ({ label }))} />
    </div>
  )
}
