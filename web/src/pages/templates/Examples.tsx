import { useTranslation } from '@/i18n/useTranslation'
import { Field } from '@/ui/Field'

interface Props {
  names: string[]
  given: Record<string, string>
  error: (name: string) => string | null
  onChange: (given: Record<string, string>) => void
}

/** A sample for every variable: what reviewers read, and the preview shows. */
export function Examples({ names, given, error, onChange }: Props) {
  const { t } = useTranslation()
  if (names.length === 0) return null
  return (
    <fieldset className="grid gap-3 rounded-lg bg-sunken p-3 md:grid-cols-2">
      <legend className="sr-only">{t('templates.examples')}</legend>
      {names.map((name) => (
        <Field key={name} label={t('templates.example_for', { name })} value={given[name] ?? ''} error={error(name)} onChange={(value) => onChange({ ...given, [name]: value })} />
      ))}
    </fieldset>
  )
}
