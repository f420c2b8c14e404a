import { useTranslation } from '@/i18n/useTranslation'
import { languageOf } from '@/i18n'
import { Chips } from './Chips'

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
  return <Chips label={t('automation.parameter.days')} options={days.map((id, at) => ({ id, label: name.format(monday + at * 86_400_000) }))} value={value} onChange={onChange} />
}
