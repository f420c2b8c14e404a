import type { TFunction } from 'i18next'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import type { GuardField } from '@/api/types'
import { latinDigits } from '@/i18n/digits'
import { useFormats, type Formats } from '@/i18n/format'
import { Field } from '@/ui/Field'
import { Select } from '@/ui/Select'
import { Switch } from '@/ui/Switch'
import { clock, type FieldName } from './rows'
import { fromTime, sizes, toTime, toWords, unitOf, type Unit } from './units'

interface Props {
  field: GuardField
  value: unknown
  onChange: (value: unknown) => void
  error: string | null
}

/** The control for one setting, by what it may be. */
export function RuleField({ field, value, onChange, error }: Props) {
  const { t } = useTranslation()
  const formats = useFormats()
  const label = t(`rules.field.${field.name as FieldName}`)
  switch (field.kind) {
    case 'switch':
      return <Switch label={label} isSelected={value === true} onChange={onChange} />
    case 'choice':
      return <Select label={label} value={String(value)} onChange={onChange} options={field.options.map((id) => ({ id, label: t(`rules.choice.${field.name as 'opt_in_on_cap'}.${id as 'delay'}`) }))} />
    case 'period':
      return <PeriodField label={label} value={value} onChange={onChange} error={error} />
    case 'countries':
    case 'words':
      return <ListField label={label} countries={field.kind === 'countries'} value={value as string[]} onChange={onChange} error={error} />
    default:
      return <NumberField field={field} label={label} value={value as number} onChange={onChange} error={error && range(field, t, formats)} />
  }
}

/** What a number may be, in the reader's own figures. */
function range({ unit, min, max }: GuardField, t: TFunction, formats: Formats): string {
  const show = unit === 'ms' ? formats.span : unit === 'minute_of_day' ? (minute: number) => clock(minute, formats) : formats.number
  return t('rules.range', { min: show(min ?? 0), max: show(max ?? 0) })
}

function NumberField({ field, label, value, onChange, error }: Props & { label: string; value: number }) {
  const [unit, setUnit] = useState<Unit>(() => unitOf(value))
  const size = field.unit === 'ms' ? sizes[unit] : 1
  const [text, setText] = useState(() => (field.unit === 'minute_of_day' ? toTime(value) : String(value / size)))
  const { t } = useTranslation()
  const write = (next: string, by = size) => {
    setText(next)
    // What is no number goes to the server as it is: its answer names the field and the range.
    if (field.unit === 'minute_of_day') onChange(fromTime(next) ?? next)
    else onChange(numberOf(next, by))
  }
  if (field.unit === 'minute_of_day') return <Field label={label} type="time" value={text} onChange={write} error={error} />
  const number = <Field label={label} inputMode="decimal" ltr value={text} onChange={write} error={error} />
  if (field.unit !== 'ms') return number
  return (
    <div className="grid grid-cols-[1fr_9rem] items-start gap-2">
      {number}
      <Select
        label={t('rules.unit')}
        value={unit}
        onChange={(next) => {
          setUnit(next)
          write(text, sizes[next])
        }}
        options={(['seconds', 'minutes', 'hours', 'days'] as const).map((id) => ({ id, label: t(`rules.units.${id}`) }))}
      />
    </div>
  )
}

/** A typed number, times a unit; what is none stays as it is. */
function numberOf(text: string, by = 1): number | string {
  const latin = latinDigits(text.trim()).replace('٫', '.')
  return latin === '' || Number.isNaN(Number(latin)) ? text : Number(latin) * by
}

function PeriodField({ label, value, onChange, error }: { label: string; value: unknown; onChange: (value: unknown) => void; error: string | null }) {
  const { t } = useTranslation()
  const month = value === 'calendar_month'
  const given = (value as { days?: unknown }).days
  const [days, setDays] = useState(() => String(given ?? 30))
  return (
    <div className="flex flex-col gap-3">
      <Select label={label} value={month ? 'month' : 'days'} onChange={(kind) => onChange(kind === 'month' ? 'calendar_month' : { days: numberOf(days) })} options={[{ id: 'days', label: t('rules.last_days') }, { id: 'month', label: t('rules.calendar_month') }]} />
      {!month && (
        <Field
          label={t('rules.days')}
          inputMode="numeric"
          ltr
          value={days}
          error={error}
          onChange={(text) => {
            setDays(text)
            onChange({ days: numberOf(text) })
          }}
        />
      )}
    </div>
  )
}

function ListField({ label, countries, value, onChange, error }: { label: string; countries: boolean; value: string[]; onChange: (value: unknown) => void; error: string | null }) {
  const { t } = useTranslation()
  const [text, setText] = useState(() => value.join(countries ? ', ' : '\n'))
  return (
    <Field
      label={label}
      rows={countries ? 2 : 4}
      ltr={countries}
      hint={t(countries ? 'rules.countries_hint' : 'rules.words_hint')}
      value={text}
      error={error}
      onChange={(next) => {
        setText(next)
        onChange(toWords(next).map((word) => (countries ? word.toUpperCase() : word)))
      }}
    />
  )
}
