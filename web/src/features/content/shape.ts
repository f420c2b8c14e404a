// Reading what keeps the provider's shape, as far as it is known.

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A text that says something, or null. */
export function text(value: unknown): string | null {
  return typeof value === 'string' && value ? value : null
}

export function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? (value as unknown[]).filter(isRecord) : []
}

/** Where a file is that a heading names, `media` being its kind: one of ours, before or after it was sent, or a link. */
export function fileOf(heading: Record<string, unknown>, media: string): string | null {
  const file = isRecord(heading[media]) ? heading[media] : {}
  const id = text(file.media_id) ?? text(file.id)
  return id && /^[0-9a-f-]{36}$/.test(id) ? `/api/v1/media/${id}` : text(file.link)
}

const headings = ['image', 'video', 'document', 'location'] as const
/** What may stand above a message that is not text. */
export type HeadingKind = (typeof headings)[number]

/** The kind of a heading or heading parameter; null for text and for what we do not know. */
export function headingKind(heading: unknown): HeadingKind | null {
  return (isRecord(heading) && headings.find((kind) => kind === heading.type)) || null
}
