import { Braces } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { holes, nextHole } from '@/features/template/draft'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { Section } from '@/ui/Section'
import { Segmented } from '@/ui/Segmented'
import { Examples } from './Examples'
import type { PartProps } from './TemplateEditor'

/** The words, their variables with samples, and the small print. */
export function BodyPart({ draft, set, error, fixedFormat }: PartProps & { fixedFormat: boolean }) {
  const { t } = useTranslation()
  const { body, format } = draft
  const add = () => set({ body: `${body}${body && !/\s$/.test(body) ? ' ' : ''}${nextHole(body, format)} ` })
  return (
    <Section
      title={t('templates.body')}
      aside={!fixedFormat && <Segmented label={t('templates.format')} value={format} options={[{ id: 'POSITIONAL', label: t('templates.format_of.POSITIONAL') }, { id: 'NAMED', label: t('templates.format_of.NAMED') }]} onChange={(next) => set({ format: next })} />}
    >
      <div className="flex flex-col gap-4">
        <Field rows={6} label={t('templates.body_text')} hint={t('templates.body_hint')} value={body} error={error('body.text')} onChange={(text) => set({ body: text })} />
        <span><Button small onPress={add}><Braces size={14} aria-hidden />{t('templates.add_variable')}</Button></span>
        <Examples names={holes(body)} given={draft.examples.body} error={(name) => error(`body.example.${name}`)} onChange={(given) => set({ examples: { ...draft.examples, body: given } })} />
        {!draft.offer && !draft.carousel && <Field label={t('templates.footer')} hint={t('templates.footer_hint')} value={draft.footer} error={error('footer.text')} onChange={(footer) => set({ footer })} />}
      </div>
    </Section>
  )
}
