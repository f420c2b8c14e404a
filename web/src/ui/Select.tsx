import { Check, ChevronDown } from 'lucide-react'
import { Button, Label, ListBox, ListBoxItem, Popover, Select as Base, SelectValue } from 'react-aria-components'
import { cx } from './cx'

export interface Option<T extends string> {
  id: T
  label: string
  /** The label's own language, where it is not the page's. */
  lang?: string
  /** The label is somebody else's, in whatever direction: a field of the CRM, a template's name. */
  foreign?: boolean
  /** Stands before the label and is never cut: a moment. */
  lead?: string
}

interface Props<T extends string> {
  label: string
  /** The label is read out but not drawn; the place explains it. */
  hideLabel?: boolean
  quiet?: boolean
  options: readonly Option<T>[]
  value: T
  onChange: (value: T) => void
  isDisabled?: boolean
}

/** Choose one of a few. */
export function Select<T extends string>({ label, hideLabel, quiet, options, value, onChange, isDisabled }: Props<T>) {
  const chosen = options.find((option) => option.id === value)
  return (
    <Base
      aria-label={hideLabel ? label : undefined}
      value={value}
      onChange={(key) => key !== null && onChange(key as T)}
      isDisabled={isDisabled}
      className={cx('flex min-w-0 flex-col gap-1', !quiet && 'w-full')}
    >
      {!hideLabel && <Label className="text-sm font-semibold text-ink">{label}</Label>}
      <Button
        className={cx(
          'hit inline-flex min-w-0 cursor-default items-center gap-1 rounded-md text-start data-[disabled]:opacity-50',
          quiet ? 'px-2 text-muted data-[hovered]:bg-hover data-[hovered]:text-strong' : 'justify-between border border-control bg-raised px-2.5 text-strong',
        )}
      >
        <SelectValue className="min-w-0 truncate">{({ selectedText }) => (chosen?.foreign || chosen?.lead ? <Words {...chosen} /> : selectedText)}</SelectValue>
        <ChevronDown size={14} strokeWidth={2} aria-hidden className="shrink-0 text-muted" />
      </Button>
      <Popover className="appear z-50 min-w-(--trigger-width) overflow-auto rounded-lg border border-line bg-overlay p-1 shadow-overlay">
        <ListBox items={options} className="outline-none">
          {(option) => (
            <ListBoxItem
              id={option.id}
              textValue={option.lead ? `${option.lead} · ${option.label}` : option.label}
              className="hit flex cursor-default items-center gap-2 rounded-md px-2 text-ink outline-none data-[focused]:bg-hover data-[selected]:text-strong"
            >
              {({ isSelected }) => (
                <>
                  <Check size={14} aria-hidden className={isSelected ? 'text-accent' : 'invisible'} />
                  <Words {...option} />
                </>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Base>
  )
}

/** A label that is cut at its own end, not at the page's: of English words on an Arabic page the last ones give way. */
function Words({ lead, label, lang, foreign }: Option<string>) {
  if (!foreign && !lead) return <span lang={lang} className="truncate">{label}</span>
  return (
    <span className="flex min-w-0">
      {lead && <span className="shrink-0 whitespace-pre">{`${lead} · `}</span>}
      <bdi dir="auto" lang={lang} className="min-w-0 truncate">{label}</bdi>
    </span>
  )
}
