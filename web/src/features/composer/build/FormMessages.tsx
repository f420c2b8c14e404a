import { Plus, X } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { IconButton } from '@/ui/IconButton'
import { Select } from '@/ui/Select'
import type { FormProps } from './Builder'
import { Counted } from './Counted'
import { Frame } from './Frame'
import { limits } from './limits'
import { codesOf, countries } from './model'

/** A form of the shop's that opens inside WhatsApp. */
export function FlowForm({ sketch, set }: FormProps) {
  const { t } = useTranslation()
  return (
    <Frame sketch={sketch} set={set}>
      <Field label={t('compose.flow')} ltr isRequired validationBehavior="aria" hint={t('compose.flow_hint')} value={sketch.flow} onChange={(flow) => set({ flow })} />
      <Counted label={t('compose.flow_label')} value={sketch.label} most={limits.flowButton} required onChange={(label) => set({ label })} />
      <Field label={t('compose.flow_screen')} ltr hint={t('compose.flow_screen_hint')} value={sketch.screen} onChange={(screen) => set({ screen })} />
    </Frame>
  )
}

/** Asks for a delivery address; WhatsApp offers it in two countries. */
export function AddressForm({ sketch, set }: FormProps) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <Frame sketch={sketch} set={set}>
      <Select label={t('compose.country')} value={sketch.country} options={countries.map((id) => ({ id, label: formats.country(id) }))} onChange={(country) => set({ country })} />
      <p className="text-sm text-muted">{t('compose.asks_address')}</p>
    </Frame>
  )
}

/** The whole catalogue behind one button. */
export function CatalogForm({ sketch, set }: FormProps) {
  const { t } = useTranslation()
  return (
    <Frame sketch={sketch} set={set}>
      <Field label={t('compose.thumbnail')} ltr hint={t('compose.thumbnail_hint')} value={sketch.product} onChange={(product) => set({ product })} />
    </Frame>
  )
}

/** Up to thirty products, in sections when there are many. */
export function ShelvesForm({ sketch, set }: FormProps) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { shelves } = sketch
  const used = shelves.flatMap((shelf) => codesOf(shelf.codes)).length
  const change = (at: number, part: Partial<(typeof shelves)[number]>) => set({ shelves: shelves.map((shelf, index) => (index === at ? { ...shelf, ...part } : shelf)) })
  return (
    <Frame sketch={sketch} set={set}>
      <Counted label={t('compose.header')} value={sketch.header} most={limits.header} required onChange={(header) => set({ header })} />
      <Field label={t('compose.catalog')} ltr isRequired validationBehavior="aria" hint={t('compose.catalog_hint')} value={sketch.catalog} onChange={(catalog) => set({ catalog })} />
      <p className={used > limits.products ? 'text-sm font-semibold text-danger-ink' : 'text-sm text-muted'}>{t('compose.products_used', { used: formats.number(used), most: formats.number(limits.products) })}</p>
      {shelves.map((shelf, at) => (
        <fieldset key={at} className="flex flex-col gap-3 rounded-md border border-line p-3">
          <legend className="sr-only">{t('compose.section_nth', { n: at + 1 })}</legend>
          {shelves.length > 1 && (
            <div className="flex items-start gap-1">
              <div className="grow">
                <Counted label={t('compose.section_nth', { n: at + 1 })} value={shelf.title} most={limits.sectionTitle} required onChange={(title) => change(at, { title })} />
              </div>
              <IconButton className="mt-6" label={t('compose.remove_section', { n: at + 1 })} icon={X} onPress={() => set({ shelves: shelves.filter((_, index) => index !== at) })} />
            </div>
          )}
          <Field ltr rows={3} label={t('compose.products')} hint={t('compose.products_hint')} value={shelf.codes} onChange={(codes) => change(at, { codes })} />
        </fieldset>
      ))}
      {shelves.length < limits.sections && (
        <Button small look="quiet" className="self-start" onPress={() => set({ shelves: [...shelves, { title: '', codes: '' }] })}>
          <Plus size={14} aria-hidden />
          {t('compose.add_section')}
        </Button>
      )}
    </Frame>
  )
}
