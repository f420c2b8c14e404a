import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { latinDigits } from '@/i18n/digits'
import { Field } from '@/ui/Field'
import { Section } from '@/ui/Section'
import { Select } from '@/ui/Select'
import { Switch } from '@/ui/Switch'
import { known } from '@/ui/errors'
import { at, places, problemText, put, type Json, type Problem, type Said, type SectionName } from './own'

interface Props {
  section: SectionName
  said: Said
  problems: readonly Problem[]
  onChange: (said: Said) => void
}

/** One section of the form: a field for each place. */
export function DescriptionFields({ section, said, problems, onChange }: Props) {
  const { t, i18n } = useTranslation()
  const errorAt = (place: string) => {
    const problem = problems.find((one) => one.place === place)
    return problem ? problemText(problem, t, i18n.language) : null
  }
  return (
    <Section title={t(`own.section.${section}`)} hint={known(`own.about.${section}`) ?? undefined}>
      <div className="grid items-start gap-x-4 gap-y-3 md:grid-cols-2">
        {places(section).filter(([, asked]) => asked.when?.(said) ?? true).map(([place, asked]) => {
          const value = at(said, place)
          const label = known(`own.f.${asked.label}`) ?? asked.label
          const hint = asked.hint ? (known(`own.hint.${asked.hint}`) ?? undefined) : undefined
          const set = (next: Json) => onChange(put(said, place, next))
          if (asked.kind === 'switch') {
            return (
              <div key={place} className="md:col-span-2">
                <Switch label={label} isSelected={value === true} onChange={set} />
                {hint && <p className="text-xs text-muted">{hint}</p>}
                {errorAt(place) && <p role="alert" className="text-xs text-danger-ink">{errorAt(place)}</p>}
              </div>
            )
          }
          if (asked.options) {
            const options = asked.options.map(([id, text]) => ({ id, label: text, foreign: true }))
            return <Select key={place} label={label} options={options} value={typeof value === 'string' ? value : (asked.options[0]?.[0] ?? '')} onChange={set} />
          }
          const isLong = ['.url', '.key', '.phone', '.email'].some((end) => place.endsWith(end) && !place.startsWith('record.')) || place === 'record.page'
          return (
            <div key={place} className={isLong ? 'md:col-span-2' : undefined}>
              <Typed kind={asked.kind} label={label} hint={hint} example={asked.example} value={value} error={errorAt(place)} onChange={set} />
            </div>
          )
        })}
      </div>
    </Section>
  )
}

interface TypedProps {
  kind: 'number' | 'list' | 'numbers' | undefined
  label: string
  hint: string | undefined
  example: string | undefined
  value: Json | undefined
  error: string | null
  onChange: (value: Json) => void
}

const shown = (value: Json | undefined) => (Array.isArray(value) ? value.join(', ') : value === undefined || value === null || typeof value === 'object' ? '' : String(value))

/** Text as it is being written; what it means is told whenever it means something. */
function Typed({ kind, label, hint, example, value, error, onChange }: TypedProps) {
  const [draft, setDraft] = useState<{ text: string; of: string } | null>(null)
  const of = shown(value)
  const text = draft && draft.of === of ? draft.text : of
  const change = (next: string) => {
    const parts = next.split(',').map((part) => part.trim()).filter(Boolean)
    const number = Number(latinDigits(next.trim()))
    const read: Json = kind === 'list' ? parts : kind === 'numbers' ? parts.map((part) => Number(latinDigits(part)) || 0) : kind === 'number' ? (Number.isFinite(number) ? number : 0) : next
    setDraft({ text: next, of: shown(read) })
    onChange(read)
  }
  return <Field label={label} hint={hint} placeholder={example} ltr inputMode={kind === 'number' ? 'decimal' : undefined} value={text} onChange={change} error={error} />
}
