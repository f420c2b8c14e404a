import { useQuery } from '@tanstack/react-query'
import { approvedQuery, type TemplateName } from '@/features/routing/api'
import { useFormats } from '@/i18n/format'
import { Answered } from '@/ui/Answered'
import { Select } from '@/ui/Select'

interface Props {
  label: string
  hideLabel?: boolean
  /** What stands for "none". */
  none: string
  /** Whether "none" can be chosen again. */
  clearable?: boolean
  value: TemplateName | null
  onChange: (value: TemplateName | null) => void
}

const idOf = ({ name, language }: TemplateName) => `${name}\n${language}`

/** Chooses one of the approved templates. One that is not approved any more stays shown while it is chosen. */
export function TemplateSelect({ label, hideLabel, none, clearable, value, onChange }: Props) {
  const formats = useFormats()
  const query = useQuery(approvedQuery)
  return (
    <Answered query={query} rows={1}>
      {(names) => {
        const known = new Map([...names, ...(value ? [value] : [])].map((one) => [idOf(one), one]))
        return (
          <Select
            hideLabel={hideLabel}
            label={label}
            value={value ? idOf(value) : 'none'}
            options={[...(clearable || !value ? [{ id: 'none', label: none }] : []), ...[...known].map(([id, { name, language }]) => ({ id, label: `${name} · ${formats.language(language)}`, foreign: true }))]}
            onChange={(id) => onChange(known.get(id) ?? null)}
          />
        )
      }}
    </Answered>
  )
}
