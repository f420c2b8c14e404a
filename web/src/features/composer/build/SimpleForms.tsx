import { useTranslation } from '@/i18n/useTranslation'
import { Field } from '@/ui/Field'
import type { FormProps } from './Builder'
import { Counted } from './Counted'
import { Frame } from './Frame'
import { limits } from './limits'
import { isLink, position } from './model'

/** A text with one button that opens a page. */
export function LinkForm({ sketch, set }: FormProps) {
  const { t } = useTranslation()
  const wrong = sketch.url.trim() !== '' && !isLink(sketch.url.trim())
  return (
    <Frame sketch={sketch} set={set}>
      <Counted label={t('compose.link_label')} value={sketch.label} most={limits.buttonTitle} required onChange={(label) => set({ label })} />
      <Field label={t('compose.url')} ltr isRequired validationBehavior="aria" type="url" inputMode="url" placeholder="https://" value={sketch.url} error={wrong ? t('compose.url_wrong') : null} onChange={(url) => set({ url })} />
    </Frame>
  )
}

/** Asks the customer for a place or a number; WhatsApp adds the button. */
export function RequestForm({ sketch, set }: FormProps) {
  const { t } = useTranslation()
  return (
    <>
      <Counted label={t('compose.body')} rows={3} value={sketch.body} most={limits.body} required autoFocus onChange={(body) => set({ body })} />
      <p className="text-sm text-muted">{sketch.kind === 'location_request_message' ? t('compose.asks_location') : t('compose.asks_contact')}</p>
    </>
  )
}

/** A place: coordinates as maps give them, and what it is called. */
export function PlaceForm({ sketch, set }: FormProps) {
  const { t } = useTranslation()
  const wrong = sketch.place.trim() !== '' && position(sketch.place) === null
  return (
    <>
      <Field label={t('compose.place')} ltr isRequired validationBehavior="aria" autoFocus placeholder="25.2048, 55.2708" hint={t('compose.place_hint')} error={wrong ? t('compose.place_wrong') : null} value={sketch.place} onChange={(place) => set({ place })} />
      <Counted label={t('compose.place_name')} value={sketch.name} most={limits.place} onChange={(name) => set({ name })} />
      <Counted label={t('compose.place_address')} value={sketch.address} most={limits.place} onChange={(address) => set({ address })} />
    </>
  )
}

/** One product of the shop's catalogue. */
export function ProductForm({ sketch, set }: FormProps) {
  const { t } = useTranslation()
  return (
    <>
      <Field label={t('compose.catalog')} ltr isRequired validationBehavior="aria" hint={t('compose.catalog_hint')} value={sketch.catalog} onChange={(catalog) => set({ catalog })} />
      <Field label={t('compose.product')} ltr isRequired validationBehavior="aria" value={sketch.product} onChange={(product) => set({ product })} />
      <Counted label={t('compose.body')} rows={2} value={sketch.body} most={limits.body} onChange={(body) => set({ body })} />
      <Counted label={t('compose.footer')} value={sketch.footer} most={limits.footer} onChange={(footer) => set({ footer })} />
    </>
  )
}
