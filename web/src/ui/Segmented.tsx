import { Radio, RadioGroup } from 'react-aria-components'
import type { Option } from './Select'

interface Props<T extends string> {
  label: string
  options: readonly Option<T>[]
  value: T
  onChange: (value: T) => void
}

/** Two to four choices side by side. */
export function Segmented<T extends string>({ label, options, value, onChange }: Props<T>) {
  return (
    <RadioGroup aria-label={label} value={value} onChange={(next) => onChange(next as T)} orientation="horizontal" className="inline-flex max-w-full flex-wrap gap-0.5 rounded-md bg-sunken p-0.5">
      {options.map((option) => (
        <Radio
          key={option.id}
          value={option.id}
          className="flex min-h-[calc(var(--hit)-4px)] cursor-default items-center justify-center rounded-sm px-3 text-muted data-[focus-visible]:outline-2 data-[focus-visible]:outline-accent data-[selected]:bg-raised data-[selected]:font-semibold data-[selected]:text-strong data-[selected]:shadow-[0_0_0_1px_var(--line)]"
        >
          {option.label}
        </Radio>
      ))}
    </RadioGroup>
  )
}
