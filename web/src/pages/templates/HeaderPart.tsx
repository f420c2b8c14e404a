import { useTranslation } from '@/i18n/useTranslation'
import { headerKinds, holes } from '@/features/template/draft'
import { Field } from '@/ui/Field'
import { Section } from '@/ui/Section'
import { Select } from '@/ui/Select'
import { Switch } from '@/ui/Switch'
import { Examples } from './Examples'
import { SampleFile } from './SampleFile'
import type { PartProps } from './TemplateEditor'

/** What stands above the body: words, a file or a place; and an offer that counts down. */
export function HeaderPart({ draft, set, error, channel }: PartProps & { channel: string }) {
  const { t } = useTranslation()
  const { header, offer } = draft
  const { kind } = header
  return (
    <Section title={t('templates.header')} hint={t('templates.optional')}>
      <div className="flex flex-col gap-4">
        <Select hideLabel label={t('templates.header')} value={kind} options={headerKinds.map((id) => ({ id, label: t(`templates.header_of.${id}`) }))} onChange={(next) => set({ header: { ...header, kind: next, mediaId: '', fileName: '', handle: '' } })} />
        {kind === 'TEXT' && (
          <>
            <Field label={t('templates.header_text')} value={header.text} error={error('header.text')} hint={t('templates.header_hint', { hole: draft.format === 'NAMED' ? '{{name}}' : '{{1}}' })} onChange={(text) => set({ header: { ...header, text } })} />
            <Examples names={holes(header.text)} given={draft.examples.header} error={(name) => error(`header.example.${name}`)} onChange={(given) => set({ examples: { ...draft.examples, header: given } })} />
          </>
        )}
        {(kind === 'IMAGE' || kind === 'VIDEO' || kind === 'DOCUMENT') && (
          <SampleFile key={kind} kind={kind} channel={channel} name={header.fileName || (header.handle && !header.handle.startsWith('http') ? t('templates.sample_known') : '')} error={error('header.example')} onReady={(mediaId, fileName) => set({ header: { ...header, mediaId, fileName } })} />
        )}
        {(draft.category === 'MARKETING' || offer) && <Switch label={t('templates.offer')} isSelected={offer !== null} onChange={(on) => set({ offer: on ? { text: '', expires: true } : null })} />}
        {offer && (
          <>
            <Field label={t('templates.offer_text')} value={offer.text} error={error('offer.limited_time_offer.text')} onChange={(text) => set({ offer: { ...offer, text } })} />
            <Switch label={t('templates.offer_expires')} isSelected={offer.expires} onChange={(expires) => set({ offer: { ...offer, expires } })} />
          </>
        )}
      </div>
    </Section>
  )
}
