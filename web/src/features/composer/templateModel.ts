// A template's blanks, filled: the send components, and what the customer will read. The blanks and their keys are the server's (`template.variables`).
import type { SendComponent, Template, TemplateComponent } from '@/api/types'

export type Blank = Template['variables'][number]
/** Values by the key of the blank. */
export type Filled = Record<string, string>

const hole = /{{\s*([\w]+)\s*}}/g

/** A card's place in its carousel, or null for what stands outside cards. */
export function cardOf(blank: Blank): number | null {
  const found = /^cards\.(\d+)\./.exec(blank.key)
  return found ? Number(found[1]) : null
}

function part(components: readonly TemplateComponent[], type: string): TemplateComponent | undefined {
  return components.find((component) => component.type.toUpperCase() === type)
}

/** The components of every card; none for a template without a carousel. */
function cardsOf(template: Template): TemplateComponent[][] {
  const carousel = part(template.components, 'CAROUSEL') as { cards?: { components?: TemplateComponent[] }[] } | undefined
  return (carousel?.cards ?? []).map((card) => card.components ?? [])
}

/** A text with its blanks filled; what is still empty keeps its braces, so that the eye finds it. */
export function fill(text: string | undefined, place: string, filled: Filled): string {
  return (text ?? '').replace(hole, (whole, key: string) => filled[`${place}.${key}`]?.trim() || whole)
}

export interface Shown {
  header: string
  /** Our id of the picture above. */
  picture: string | null
  body: string
  footer: string
  buttons: string[]
  /** WhatsApp's kind of each button. */
  kinds: string[]
}

function show(components: readonly TemplateComponent[], prefix: string, filled: Filled): Shown {
  const buttons = part(components, 'BUTTONS')?.buttons ?? []
  return {
    header: fill(part(components, 'HEADER')?.text, `${prefix}header`, filled),
    picture: filled[`${prefix}header.image`] ?? null,
    body: fill(part(components, 'BODY')?.text, `${prefix}body`, filled),
    footer: part(components, 'FOOTER')?.text ?? '',
    buttons: buttons.map((button) => button.text),
    kinds: buttons.map((button) => button.type.toUpperCase()),
  }
}

export function preview(template: Template, filled: Filled): Shown & { cards: Shown[] } {
  return { ...show(template.components, '', filled), cards: cardsOf(template).map((components, at) => show(components, `cards.${at}.`, filled)) }
}

/** The preview as one text: what the thread and the last line show. */
export function previewText(template: Template, filled: Filled): string {
  const shown = preview(template, filled)
  return [shown.header, shown.body, shown.footer, ...shown.cards.map((card) => card.body)].filter(Boolean).join('\n')
}

/** What a file, place, time or text becomes in Meta's parameters. */
function parameter(blank: Blank, value: string, named: boolean): Record<string, unknown> {
  switch (blank.kind) {
    case 'image':
    case 'video':
    case 'document':
      return { type: blank.kind, [blank.kind]: value.startsWith('http') ? { link: value } : { id: value } }
    case 'location': {
      const [latitude = '', longitude = ''] = value.split(/[,،]/).map((one) => one.trim())
      return { type: 'location', location: { latitude, longitude } }
    }
    case 'product':
      return { type: 'product', product: { product_retailer_id: value } }
    default:
      return { type: 'text', ...(named ? { parameter_name: blank.label } : {}), text: value }
  }
}

/** The send components of one part: the template outside its cards, or one card. */
function section(template: Template, components: readonly TemplateComponent[], prefix: string, filled: Filled): SendComponent[] {
  const named = template.parameter_format.toUpperCase() === 'NAMED'
  const own = template.variables.filter((blank) => blank.key.startsWith(prefix) && (prefix !== '' || cardOf(blank) === null))
  const value = (blank: Blank) => (filled[blank.key] ?? '').trim()
  const result: SendComponent[] = []
  for (const place of ['header', 'body'] as const) {
    const blanks = own.filter((blank) => blank.component === place)
    if (blanks.length) result.push({ type: place, parameters: blanks.map((blank) => parameter(blank, value(blank), named)) })
  }
  for (const blank of own.filter((one) => one.component === 'button')) {
    const index = blank.key.slice(`${prefix}buttons.`.length)
    const type = part(components, 'BUTTONS')?.buttons?.[Number(index)]?.type.toUpperCase()
    if (type === 'COPY_CODE') result.push({ type: 'button', sub_type: 'copy_code', index, parameters: [{ type: 'coupon_code', coupon_code: value(blank) }] })
    else result.push({ type: 'button', sub_type: 'url', index, parameters: [{ type: 'text', text: value(blank) }] })
  }
  return result
}

/** Meta's send components (whatsapp-cloud-api: template message); a file names our own media id, which the server exchanges. */
export function components(template: Template, filled: Filled): SendComponent[] {
  const result = section(template, template.components, '', filled)
  const offer = template.variables.find((blank) => blank.kind === 'time')
  if (offer) result.push({ type: 'limited_time_offer', parameters: [{ type: 'limited_time_offer', limited_time_offer: { expiration_time_ms: Number(filled[offer.key]) } }] })
  const cards = cardsOf(template)
  if (cards.length) result.push({ type: 'carousel', cards: cards.map((inner, at) => ({ card_index: at, components: section(template, inner, `cards.${at}.`, filled) })) })
  return result
}

/** Kinds that only a program can fill: lists of products and orders. */
export function isForPrograms(template: Template): boolean {
  return template.variables.some((blank) => blank.kind === 'products' || blank.kind === 'order')
}

/** Whether every blank is filled. */
export function complete(template: Template, filled: Filled): boolean {
  return template.variables.every((blank) => (filled[blank.key] ?? '').trim() !== '')
}
