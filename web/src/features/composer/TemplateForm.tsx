import { ArrowLeft } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { upload } from '@/api/client'
import type { Content, Conversation, Template, Upload } from '@/api/types'
import { ChoiceRows } from '@/features/content/InteractiveContent'
import { RichText } from '@/features/content/RichText'
import { directionOf } from '@/i18n/direction'
import { Button } from '@/ui/Button'
import { errorText } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { IconButton } from '@/ui/IconButton'
import { blanks, complete, components, preview, previewText, type Blank, type Filled } from './templateModel'

interface Props {
  template: Template
  conversation: Conversation
  onBack: () => void
  onSend: (content: Content, preview: string) => void
}

/** The blanks of a template beside what the customer will see, in the template's own direction. */
export function TemplateForm({ template, conversation, onBack, onSend }: Props) {
  const { t } = useTranslation()
  const open = blanks(template)
  const [filled, setFilled] = useState<Filled>(() => prefill(open, conversation.contact.name))
  const set = (id: string, value: string) => setFilled((old) => ({ ...old, [id]: value }))
  const send = () => {
    const text = previewText(template, filled)
    onSend({ type: 'template', name: template.name, language: template.language, components: components(template, filled), preview: text }, text)
  }
  return (
    <form
      className="flex max-h-[52dvh] flex-col"
      onSubmit={(event) => {
        event.preventDefault()
        if (complete(template, filled)) send()
      }}
    >
      <header className="flex items-center gap-1 px-2 pt-2">
        <IconButton label={t('template.back')} icon={ArrowLeft} mirror onPress={onBack} />
        <h2 className="flex min-w-0 grow text-sm"><bdi dir="ltr" className="truncate">{template.name}</bdi></h2>
        <Button look="primary" type="submit" isDisabled={!complete(template, filled)}>{t('template.send')}</Button>
      </header>
      <div className="grid min-h-0 gap-4 overflow-auto p-3 md:grid-cols-2">
        <div className="flex flex-col gap-3">
          {open.length === 0 && <p className="text-muted">{t('template.no_blanks')}</p>}
          {open.map((blank) =>
            blank.place === 'media' ? (
              <MediaBlank key={blank.id} blank={blank} channel={conversation.channel.id} onReady={(id) => set(blank.id, id)} />
            ) : (
              <Field
                key={blank.id}
                label={t(`template.blank.${blank.place}`, { key: blank.key })}
                placeholder={blank.example ? t('template.example', { text: blank.example }) : undefined}
                value={filled[blank.id] ?? ''}
                onChange={(value) => set(blank.id, value)}
              />
            ),
          )}
        </div>
        <Preview template={template} filled={filled} />
      </div>
    </form>
  )
}

/** The customer's first name goes where a template greets; everything else is left to the person. */
function prefill(open: Blank[], name: string | null): Filled {
  const first = name?.trim().split(/\s+/)[0]
  const greeting = open.find((blank) => /^(first_?name|name|customer_?name)$/i.test(blank.key))
  return greeting && first ? { [greeting.id]: first } : {}
}

function Preview({ template, filled }: { template: Template; filled: Filled }) {
  const { t } = useTranslation()
  const shown = preview(template, filled)
  return (
    <section aria-label={t('template.preview')} dir={directionOf(template.language)} lang={template.language.replace('_', '-')} className="self-start overflow-hidden rounded-lg border border-bubble-out-line bg-bubble-out px-3 py-2">
      {shown.header && <p className="mb-1 font-semibold text-strong">{shown.header}</p>}
      <RichText text={shown.body} />
      {shown.footer && <p className="mt-1 text-sm text-muted">{shown.footer}</p>}
      <ChoiceRows choices={shown.buttons.map((label) => ({ label }))} />
    </section>
  )
}

function MediaBlank({ blank, channel, onReady }: { blank: Blank; channel: string; onReady: (id: string) => void }) {
  const { t } = useTranslation()
  const [state, setState] = useState<string | null>(null)
  const choose = async (file: File | undefined) => {
    if (!file) return
    setState(t('composer.uploading'))
    const form = new FormData()
    form.set('file', file, file.name)
    try {
      onReady((await upload<Upload>('/media', form, { channel_id: channel })).id)
      setState(file.name)
    } catch (error) {
      setState(errorText(error, t))
    }
  }
  const accept = blank.media === 'image' ? 'image/jpeg,image/png' : blank.media === 'video' ? 'video/mp4' : undefined
  return (
    <label className="flex flex-col gap-1 text-sm font-semibold">
      {t(`template.media.${blank.media ?? 'document'}`)}
      <input type="file" accept={accept} onChange={(event) => void choose(event.target.files?.[0])} className="field py-1.5 font-normal" />
      {state && <span className="text-xs font-normal text-muted">{state}</span>}
    </label>
  )
}
