import { useTranslation } from 'react-i18next'
import { languageOf } from '@/i18n'

interface Props {
  value: readonly string[]
  /** The week, Monday first, as the server names it. */
  days: readonly string[]
  onChange: (days: string[]) => void
}

/** A Monday, for the names of the days. */
const monday = Date.UTC(2024, 0, 1)

/** Days of the week; none chosen means every day. */
export function DaysField({ value, days, onChange }: Props) {
  const { t, i18n } = useTranslation()
  const name = new Intl.DateTimeFormat(languageOf(i18n.language).locale, { weekday: 'short', timeZone: 'UTC' })
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1 text-sm font-semibold text-ink">{t('automation.parameter.days')}</legend>
      <div className="flex flex-wrap gap-1">
        {days.map((day, at) => (
          <label key={day} className="relative grid min-h-(--hit) min-w-11 cursor-default place-items-center rounded-md border border-control px-2 text-sm has-checked:border-accent has-checked:bg-accent-soft has-checked:text-accent-ink has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent">
            <input type="checkbox" className="absolute inset-0 cursor-default opacity-0" checked={value.includes(day)} onChange={() => onChange(value.includes(day) ? value.filter((one) => one !== day) : [...value, day])} />
            {name.format(monday + at * 86_400_000)}
          </label>
        ))}
      </div>
    </fieldset>
  )
}
