import { Switch as Base } from 'react-aria-components'

interface Props {
  label: string
  hideLabel?: boolean
  isSelected: boolean
  onChange: (value: boolean) => void
}

/** On or off, at once. */
export function Switch({ label, hideLabel, isSelected, onChange }: Props) {
  return (
    <Base aria-label={hideLabel ? label : undefined} isSelected={isSelected} onChange={onChange} className="group hit inline-flex cursor-default items-center gap-2">
      <span className="flex h-5 w-9 shrink-0 items-center rounded-full border border-control bg-sunken p-0.5 group-data-[focus-visible]:outline-2 group-data-[focus-visible]:outline-offset-2 group-data-[focus-visible]:outline-accent group-data-[selected]:border-accent group-data-[selected]:bg-accent">
        <span className="size-3.5 rounded-full bg-muted transition-[margin] duration-100 group-data-[selected]:ms-4 group-data-[selected]:bg-on-accent" />
      </span>
      {!hideLabel && <span>{label}</span>}
    </Base>
  )
}
