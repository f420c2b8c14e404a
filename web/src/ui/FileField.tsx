import { Upload } from 'lucide-react'

interface Props {
  label: string
  /** What stands on the button until a file is chosen. */
  verb: string
  accept: string
  /** The chosen file's name. */
  name?: string
  onChoose: (file: File) => void
}

/** Choose a file of one's own; in the page's words, where the browser's field would speak the browser's. */
export function FileField({ label, verb, accept, name, onChoose }: Props) {
  return (
    <label className="flex min-w-0 flex-col gap-1">
      <span className="text-sm font-semibold text-ink">{label}</span>
      <input
        type="file" accept={accept} className="peer sr-only"
        onChange={(event) => {
          const file = event.target.files?.[0]
          // The same file, corrected, can be chosen again.
          event.target.value = ''
          if (file) onChoose(file)
        }}
      />
      <span className="hit inline-flex min-w-0 items-center gap-2 rounded-md border border-control bg-raised px-2.5 text-strong peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-accent hover:bg-hover">
        <Upload size={15} aria-hidden className="shrink-0 text-muted" />
        {name ? <bdi dir="auto" className="truncate">{name}</bdi> : <span className="truncate">{verb}</span>}
      </span>
    </label>
  )
}
