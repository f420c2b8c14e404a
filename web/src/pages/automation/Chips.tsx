import { UserText } from '@/ui/UserText'

interface Props {
  label: string
  options: readonly { id: string; label: string }[]
  value: readonly string[]
  /** The labels are somebody else's words. */
  foreign?: boolean
  onChange: (value: string[]) => void
}

/** Some of a few, side by side. */
export function Chips({ label, options, value, foreign, onChange }: Props) {
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1 text-sm font-semibold text-ink">{label}</legend>
      <div className="flex flex-wrap gap-1">
        {options.map((option) => (
          <label key={option.id} className="relative grid min-h-(--hit) min-w-11 cursor-default place-items-center rounded-md border border-control px-2 text-sm has-checked:border-accent has-checked:bg-accent-soft has-checked:text-accent-ink has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent">
            <input type="checkbox" className="absolute inset-0 cursor-default opacity-0" checked={value.includes(option.id)} onChange={() => onChange(value.includes(option.id) ? value.filter((one) => one !== option.id) : [...value, option.id])} />
            {foreign ? <UserText>{option.label}</UserText> : option.label}
          </label>
        ))}
      </div>
    </fieldset>
  )
}
