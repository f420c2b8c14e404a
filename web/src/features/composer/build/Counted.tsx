import { useTranslation } from '@/i18n/useTranslation'
import { useFormats } from '@/i18n/format'
import { cx } from '@/ui/cx'
import { Field } from '@/ui/Field'

interface Props {
  label: string
  value: string
  most: number
  onChange: (value: string) => void
  rows?: number
  /** A mistake other than the length. */
  error?: string | null
  placeholder?: string
  ltr?: boolean
  required?: boolean
  autoFocus?: boolean
}

/** A field that says how much of it is used, once that begins to matter. */
export function Counted({ label, value, most, onChange, error, required, ...rest }: Props) {
  const { t } = useTranslation()
  const formats = useFormats()
  const used = value.trim().length
  const over = used > most
  const figures = t('compose.used', { used: formats.number(used), most: formats.number(most) })
  return (
    <Field
      {...rest}
      label={label}
      value={value}
      onChange={onChange}
      isRequired={required}
      validationBehavior="aria"
      error={error ?? null}
      hint={<span className={cx('num', over && 'font-semibold text-danger-ink')}>{over ? t('compose.over', { count: used - most, most: formats.number(most) }) : figures}</span>}
    />
  )
}
