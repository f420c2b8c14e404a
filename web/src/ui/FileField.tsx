import { FileText, Upload, X } from 'lucide-react'
import { useEffect, useId, useRef, useState, type DragEvent } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { useFormats } from '@/i18n/format'
import { cx } from './cx'
import { IconButton } from './IconButton'

/** A file as the field shows it; the size in bytes, where it is known. */
export interface ShownFile {
  name: string
  size?: number
}

interface Props {
  label: string
  /** Types and endings, as the browser takes them; left out = any. */
  accept?: string
  file?: ShownFile | null
  /** What it may be, or what is being done with it. */
  hint?: string
  error?: string | null
  /** Why the form around it cannot be sent yet, in words. */
  pending?: string
  onChoose: (file: File) => void
  /** Left out where a file can only be replaced. */
  onRemove?: () => void
}

/** Whether a file is what was asked for: one that is dropped passes the browser's own choice by. */
function fits({ name, type }: File, accept = ''): boolean {
  const kinds = accept.split(',').filter(Boolean)
  return kinds.length === 0 || kinds.some((kind) => (kind.startsWith('.') ? name.toLowerCase().endsWith(kind) : type === kind))
}

/** Choose a file of one's own, or drop it; in the page's words, where the browser's field would speak the browser's. */
export function FileField({ label, accept, file, hint, error, pending = '', onChoose, onRemove }: Props) {
  const { t } = useTranslation()
  const formats = useFormats()
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const [foreign, setForeign] = useState(false)
  // The browser holds the form back and says why at this field.
  useEffect(() => input.current?.setCustomValidity(pending), [pending])
  const take = (chosen: File | undefined) => {
    if (!chosen) return
    const fitting = fits(chosen, accept)
    setForeign(!fitting)
    if (fitting) onChoose(chosen)
  }
  const drag = (event: DragEvent, isOver: boolean) => {
    event.preventDefault()
    setOver(isOver)
  }
  const wrong = foreign ? t('file.wrong_kind') : error
  const Icon = file ? FileText : Upload
  return (
    <div className="relative flex min-w-0 flex-col gap-1">
      <span id={`${id}-label`} className="text-sm font-semibold text-ink">{label}</span>
      <div
        className={cx('flex min-w-0 items-center rounded-md border', over ? 'border-accent bg-selected' : wrong ? 'border-danger bg-raised' : 'border-control bg-raised')}
        onDragOver={(event) => drag(event, true)}
        onDragLeave={(event) => drag(event, false)}
        onDrop={(event) => {
          drag(event, false)
          take(event.dataTransfer.files[0])
        }}
      >
        <input
          ref={input} id={id} type="file" accept={accept} className="peer sr-only"
          aria-labelledby={`${id}-label ${id}-verb`} aria-describedby={`${id}-file ${id}-hint ${id}-wrong`} aria-invalid={wrong ? true : undefined}
          onChange={(event) => {
            take(event.target.files?.[0])
            // The same file, corrected, can be chosen again.
            event.target.value = ''
          }}
        />
        <label htmlFor={id} className="hit flex min-w-0 grow cursor-default items-center gap-2 rounded-md px-2.5 text-strong peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-accent hover:bg-hover">
          <Icon size={15} aria-hidden className="shrink-0 text-muted" />
          {file && (
            <span id={`${id}-file`} className="flex min-w-0 grow items-baseline gap-1.5">
              <bdi dir="auto" className="truncate">{file.name}</bdi>
              {file.size !== undefined && <span className="shrink-0 text-xs text-muted">{formats.bytes(file.size)}</span>}
            </span>
          )}
          <span id={`${id}-verb`} className={cx('shrink-0', file && 'text-sm text-accent-ink')}>{t(file ? 'file.another' : 'file.choose')}</span>
          {!file && <span aria-hidden className="min-w-0 truncate text-sm text-muted pointer-coarse:hidden">{t('file.drop')}</span>}
        </label>
        {file && onRemove && (
          <IconButton
            label={t('file.remove', { name: file.name })} icon={X}
            onPress={() => {
              setForeign(false)
              onRemove()
              input.current?.focus()
            }}
          />
        )}
      </div>
      <span id={`${id}-hint`} aria-live="polite" className={cx('text-xs text-muted', !hint && 'sr-only')}>{hint}</span>
      {wrong && <span id={`${id}-wrong`} role="alert" className="text-xs text-danger-ink">{wrong}</span>}
    </div>
  )
}
