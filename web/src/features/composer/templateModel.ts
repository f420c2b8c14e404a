// Reads a template definition into blanks to fill, and builds the send components and the preview from what was filled in.
import type { SendComponent, Template, TemplateComponent } from '@/api/types'

export interface Blank {
  /** Place and key together, e.g. "BODY.1" or "BUTTON.0.1". */
  id: string
  key: string
  place: 'header' | 'media' | 'body' | 'button'
  /** Index of the button, for buttons. */
  index: number
  example: string | null
  /** The kind of file a media header wants. */
  media: 'image' | 'video' | 'document' | null
}

export type Filled = Record<string, string>

const hole = /{{\s*([\w]+)\s*}}/g

function holes(text: string | undefined): string[] {
  return [...new Set([...(text ?? '').matchAll(hole)].map((hit) => hit[1] ?? ''))]
}

function part(template: Template, type: string): TemplateComponent | undefined {
  return template.components.find((component) => component.type.toUpperCase() === type)
}

/** What must be filled in before the template can go. */
export function blanks(template: Template): Blank[] {
  const example = (key: string, place: string) => template.variables.find((variable) => variable.key === key && variable.component.toLowerCase().startsWith(place))?.example || null
  const result: Blank[] = []
  const header = part(template, 'HEADER')
  const format = header?.format?.toLowerCase()
  if (format === 'image' || format === 'video' || format === 'document') result.push({ id: 'HEADER', key: format, place: 'media', index: 0, example: null, media: format })
  else for (const key of holes(header?.text)) result.push({ id: `HEADER.${key}`, key, place: 'header', index: 0, example: example(key, 'header'), media: null })
  for (const key of holes(part(template, 'BODY')?.text)) result.push({ id: `BODY.${key}`, key, place: 'body', index: 0, example: example(key, 'body'), media: null })
  part(template, 'BUTTONS')?.buttons?.forEach((button, index) => {
    for (const key of holes(button.url)) result.push({ id: `BUTTON.${index}.${key}`, key, place: 'button', index, example: example(key, 'button'), media: null })
    if (button.type.toUpperCase() === 'COPY_CODE') result.push({ id: `BUTTON.${index}.code`, key: 'code', place: 'button', index, example: null, media: null })
  })
  return result
}

/** A text with its blanks filled; what is still empty keeps its braces, so that the eye finds it. */
export function fill(text: string | undefined, place: string, filled: Filled): string {
  return (text ?? '').replace(hole, (whole, key: string) => filled[`${place}.${key}`]?.trim() || whole)
}

export interface TemplatePreview {
  header: string
  body: string
  footer: string
  buttons: string[]
}

export function preview(template: Template, filled: Filled): TemplatePreview {
  return {
    header: fill(part(template, 'HEADER')?.text, 'HEADER', filled),
    body: fill(part(template, 'BODY')?.text, 'BODY', filled),
    footer: part(template, 'FOOTER')?.text ?? '',
    buttons: part(template, 'BUTTONS')?.buttons?.map((button) => button.text) ?? [],
  }
}

/** The preview as one text: what the thread and the last line show. */
export function previewText(template: Template, filled: Filled): string {
  const shown = preview(template, filled)
  return [shown.header, shown.body, shown.footer].filter(Boolean).join('\n')
}

/** Meta's send components (whatsapp-cloud-api: template message); a media header names our own media id, which the server exchanges. */
export function components(template: Template, filled: Filled): SendComponent[] {
  const named = template.parameter_format?.toUpperCase() === 'NAMED'
  const text = (blank: Blank) => ({ type: 'text', ...(named ? { parameter_name: blank.key } : {}), text: (filled[blank.id] ?? '').trim() })
  const all = blanks(template)
  const result: SendComponent[] = []
  const media = all.find((blank) => blank.place === 'media')
  if (media?.media) result.push({ type: 'header', parameters: [{ type: media.media, [media.media]: { id: filled[media.id] } }] })
  const header = all.filter((blank) => blank.place === 'header')
  if (header.length) result.push({ type: 'header', parameters: header.map(text) })
  const body = all.filter((blank) => blank.place === 'body')
  if (body.length) result.push({ type: 'body', parameters: body.map(text) })
  for (const blank of all.filter((candidate) => candidate.place === 'button')) {
    if (blank.key === 'code') result.push({ type: 'button', sub_type: 'copy_code', index: String(blank.index), parameters: [{ type: 'coupon_code', coupon_code: (filled[blank.id] ?? '').trim() }] })
    else result.push({ type: 'button', sub_type: 'url', index: String(blank.index), parameters: [{ type: 'text', text: (filled[blank.id] ?? '').trim() }] })
  }
  return result
}

/** Whether every blank is filled. */
export function complete(template: Template, filled: Filled): boolean {
  return blanks(template).every((blank) => (filled[blank.id] ?? '').trim() !== '')
}
