import { Check } from 'lucide-react'
import type { Tag } from '@/api/types'
import { tint } from '@/ui/tint'

interface Props {
  label: string
  tags: readonly Pick<Tag, 'id' | 'name' | 'color' | 'description'>[]
  has: (id: string) => boolean
  onToggle: (tag: Pick<Tag, 'id' | 'name'>) => void
  isDisabled?: boolean
}

/** Tags that are pressed or not, each in its colour. */
export function TagPicks({ label, tags, has, onToggle, isDisabled }: Props) {
  return (
    <div role="group" aria-label={label} className="flex flex-wrap gap-1.5">
      {tags.map((tag) => (
        <button
          key={tag.id} type="button" aria-pressed={has(tag.id)} title={tag.description ?? undefined} disabled={isDisabled}
          onClick={() => onToggle(tag)}
          className="inline-flex min-h-8 max-w-full items-center gap-1 rounded-full px-3 text-sm aria-pressed:font-semibold aria-pressed:ring-2 aria-pressed:ring-accent pointer-coarse:min-h-11"
          style={tint(tag.color)}
        >
          {has(tag.id) && <Check size={14} aria-hidden className="shrink-0" />}
          <bdi dir="auto" className="truncate">{tag.name}</bdi>
        </button>
      ))}
    </div>
  )
}
