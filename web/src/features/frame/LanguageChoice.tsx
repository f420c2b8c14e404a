import { useTranslation } from '@/i18n/useTranslation'
import { languages, nearest, type Language } from '@/i18n'
import { Select } from '@/ui/Select'

interface Props {
  value: string
  onChange: (language: Language) => void
  quiet?: boolean
}

const options = languages.map(({ code, name }) => ({ id: code, label: name, lang: code }))

/** The language of the screen; each stands in its own words, so that everybody finds theirs. */
export function LanguageChoice({ value, onChange, quiet }: Props) {
  const { t } = useTranslation()
  return <Select hideLabel quiet={quiet} label={t('account.language')} value={nearest(value)} options={options} onChange={onChange} />
}
