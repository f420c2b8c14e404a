import { ArrowDown, ArrowUp, Plus, Trash2 } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { buttonKinds, holes, newButton, type ButtonDraft } from '@/features/template/draft'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { IconButton } from '@/ui/IconButton'
import { Menu } from '@/ui/Menu'
import { Section } from '@/ui/Section'
import type { PartProps } from './TemplateEditor'

/** Kinds whose words are WhatsApp's own. */
const wordless = new Set(['COPY_CODE', 'REQUEST_CONTACT_INFO', 'SPM'])

/** Buttons in their order. */
export function ButtonsPart({ draft, set, error }: PartProps) {
  const { t } = useTranslation()
  const { buttons } = draft
  const change = (at: number, part: Partial<ButtonDraft>) => set({ buttons: buttons.map((one, index) => (index === at ? { ...one, ...part } : one)) })
  const move = (at: number, by: number) => {
    const next = [...buttons]
    const [one] = next.splice(at, 1)
    if (one) next.splice(at + by, 0, one)
    set({ buttons: next })
  }
  const problem = error('buttons.buttons')
  return (
    <Section
      title={t('templates.buttons')}
      hint={t('templates.optional')}
      aside={
        <Menu label={t('templates.add_button')} items={buttonKinds.map((kind) => ({ id: kind, label: t(`template_part.${kind}`), onAction: () => set({ buttons: [...buttons, newButton(kind)] }) }))}>
          <Button small><Plus size={14} aria-hidden />{t('templates.add_button')}</Button>
        </Menu>
      }
    >
      {problem && <p role="alert" className="mb-2 text-xs text-danger-ink">{problem}</p>}
      <ol className="flex flex-col gap-3">
        {buttons.map((button, index) => (
          <li key={button.key} className="rounded-lg border border-line p-3">
            <header className="mb-2 flex items-center gap-1">
              <h3 className="grow text-sm text-muted"><KindName type={button.type} /></h3>
              <IconButton label={t('templates.move_up')} icon={ArrowUp} isDisabled={index === 0} onPress={() => move(index, -1)} />
              <IconButton label={t('templates.move_down')} icon={ArrowDown} isDisabled={index === buttons.length - 1} onPress={() => move(index, 1)} />
              <IconButton label={t('templates.remove_button')} icon={Trash2} onPress={() => set({ buttons: buttons.filter((one) => one.key !== button.key) })} />
            </header>
            <ButtonFields button={button} error={(field) => error(`buttons.buttons.${index}.${field}`)} onChange={(part) => change(index, part)} />
          </li>
        ))}
      </ol>
    </Section>
  )
}

function KindName({ type }: { type: string }) {
  const { t } = useTranslation()
  const kind = buttonKinds.find((one) => one === type)
  return kind ? t(`template_part.${kind}`) : <bdi dir="ltr">{type}</bdi>
}

interface FieldsProps {
  button: ButtonDraft
  error: (field: string) => string | null
  onChange: (part: Partial<ButtonDraft>) => void
}

/** The fields of one button. */
export function ButtonFields({ button, error, onChange }: FieldsProps) {
  const { t } = useTranslation()
  const { type } = button
  return (
    <div className="grid gap-3 md:grid-cols-2">
      {!wordless.has(type) && <Field label={t('templates.button_text')} value={button.text} error={error('text')} onChange={(text) => onChange({ text })} />}
      {type === 'URL' && <Field ltr label={t('templates.button_url')} placeholder="https://" value={button.url} error={error('url')} onChange={(url) => onChange({ url })} />}
      {type === 'URL' && holes(button.url).length > 0 && <Field ltr label={t('templates.button_url_example')} placeholder="https://" value={button.example} error={error('example')} onChange={(example) => onChange({ example })} />}
      {type === 'PHONE_NUMBER' && <Field ltr label={t('templates.button_phone')} placeholder="+971…" value={button.phone} error={error('phone_number')} onChange={(phone) => onChange({ phone })} />}
      {type === 'COPY_CODE' && <Field ltr label={t('templates.button_code')} value={button.example} error={error('example')} onChange={(example) => onChange({ example })} />}
      {type === 'FLOW' && <Field ltr label={t('templates.button_flow')} value={button.flow} error={error('flow_id')} onChange={(flow) => onChange({ flow })} />}
      {type === 'REQUEST_CONTACT_INFO' && <p className="text-sm text-muted">{t('templates.wordless')}</p>}
    </div>
  )
}
