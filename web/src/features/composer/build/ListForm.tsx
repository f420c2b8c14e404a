import { Plus, X } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { IconButton } from '@/ui/IconButton'
import type { FormProps } from './Builder'
import { Counted } from './Counted'
import { Frame } from './Frame'
import { limits } from './limits'
import { rowsOf, type Row, type Section } from './model'

const emptyRow: Row = { title: '', description: '' }

/** Up to ten rows behind one button, in sections when there are many. */
export function ListForm({ sketch, set }: FormProps) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { sections } = sketch
  const full = rowsOf(sketch).length >= limits.rows
  const change = (at: number, part: Partial<Section>) => set({ sections: sections.map((section, index) => (index === at ? { ...section, ...part } : section)) })
  return (
    <Frame sketch={sketch} set={set} most={limits.listBody}>
      <Counted label={t('compose.opener')} value={sketch.opener} most={limits.buttonTitle} required onChange={(opener) => set({ opener })} />
      <p className="text-sm text-muted">{t('compose.rows_used', { used: formats.number(rowsOf(sketch).length), most: formats.number(limits.rows) })}</p>
      {sections.map((section, at) => (
        <fieldset key={at} className="flex flex-col gap-3 rounded-md border border-line p-3">
          <legend className="sr-only">{t('compose.section_nth', { n: at + 1 })}</legend>
          {sections.length > 1 && (
            <div className="flex items-start gap-1">
              <div className="grow">
                <Counted label={t('compose.section_nth', { n: at + 1 })} value={section.title} most={limits.sectionTitle} required onChange={(title) => change(at, { title })} />
              </div>
              <IconButton className="mt-6" label={t('compose.remove_section', { n: at + 1 })} icon={X} onPress={() => set({ sections: sections.filter((_, index) => index !== at) })} />
            </div>
          )}
          <Rows rows={section.rows} onChange={(rows) => change(at, { rows })} canRemove={rowsOf(sketch).length > 1} />
          {!full && (
            <Button small className="self-start" onPress={() => change(at, { rows: [...section.rows, emptyRow] })}>
              <Plus size={14} aria-hidden />
              {t('compose.add_row')}
            </Button>
          )}
        </fieldset>
      ))}
      {!full && sections.length < limits.sections && (
        <Button small look="quiet" className="self-start" onPress={() => set({ sections: [...sections, { title: '', rows: [emptyRow] }] })}>
          <Plus size={14} aria-hidden />
          {t('compose.add_section')}
        </Button>
      )}
    </Frame>
  )
}

function Rows({ rows, onChange, canRemove }: { rows: Row[]; onChange: (rows: Row[]) => void; canRemove: boolean }) {
  const { t } = useTranslation()
  const change = (at: number, part: Partial<Row>) => onChange(rows.map((row, index) => (index === at ? { ...row, ...part } : row)))
  return rows.map((row, at) => (
    <div key={at} className="flex items-start gap-1">
      <div className="grid grow gap-2 sm:grid-cols-2">
        <Counted label={t('compose.row_nth', { n: at + 1 })} value={row.title} most={limits.rowTitle} required={row.description.trim() !== ''} onChange={(title) => change(at, { title })} />
        <Counted label={t('compose.row_description')} value={row.description} most={limits.rowDescription} onChange={(description) => change(at, { description })} />
      </div>
      {canRemove && <IconButton className="mt-6" label={t('compose.remove_row', { n: at + 1 })} icon={X} onPress={() => onChange(rows.filter((_, index) => index !== at))} />}
    </div>
  ))
}
