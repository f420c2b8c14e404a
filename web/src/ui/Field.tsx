import { useState, type ReactNode } from 'react'
import { FieldError, Input, Label, Text, TextArea, TextField, type TextFieldProps } from 'react-aria-components'

interface Props extends Omit<TextFieldProps, 'className' | 'style' | 'children'> {
  label: string
  hint?: ReactNode
  error?: string | null
  placeholder?: string
  rows?: number
  /** Codes, keys and phone numbers stay left-to-right in every language. */
  ltr?: boolean
}

/** A labelled text field; `error` says what to change. */
export function Field({ label, hint, error, placeholder, rows, ltr, ...rest }: Props) {
  // An empty field follows the page, so that its placeholder stands where writing will begin.
  // An error is about the value that was refused; while it is being mended, the form must not be held back by it.
  const [refused, setRefused] = useState<{ value: string | undefined } | null>(null)
  if (error && refused === null) setRefused({ value: rest.value })
  if (!error && refused !== null) setRefused(null)
  const shown = error && (refused === null || refused.value === rest.value) ? error : null
  const dir = ltr ? 'ltr' : rest.value ? 'auto' : undefined
  return (
    <TextField {...rest} isInvalid={shown !== null} className="flex flex-col gap-1">
      <Label className="text-sm font-semibold text-ink">{label}</Label>
      {rows ? <TextArea rows={rows} dir={dir} placeholder={placeholder} className="field" /> : <Input dir={dir} placeholder={placeholder} className="field data-[invalid]:border-danger" />}
      {hint && <Text slot="description" className="text-xs text-muted">{hint}</Text>}
      <FieldError className="text-xs text-danger-ink">{shown}</FieldError>
    </TextField>
  )
}
