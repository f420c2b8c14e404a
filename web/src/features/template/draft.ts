// A template while a person writes it: plain fields, made from and into Meta's components. The rules themselves are the server's.
import type { Template, TemplateComponent, TemplateProblem } from '@/api/types'

export type HeaderKind = 'NONE' | 'TEXT' | 'IMAGE' | 'VIDEO' | 'DOCUMENT' | 'LOCATION'
export const headerKinds: readonly HeaderKind[] = ['NONE', 'TEXT', 'IMAGE', 'VIDEO', 'DOCUMENT', 'LOCATION']
export const categories = ['UTILITY', 'MARKETING', 'AUTHENTICATION'] as const
export type Category = (typeof categories)[number]
export const buttonKinds = ['QUICK_REPLY', 'URL', 'PHONE_NUMBER', 'COPY_CODE', 'FLOW', 'CATALOG', 'VOICE_CALL', 'REQUEST_CONTACT_INFO'] as const
export const codeKinds = ['COPY_CODE', 'ONE_TAP', 'ZERO_TAP'] as const
export type CodeKind = (typeof codeKinds)[number]

/** A button; what its kind does not use stays empty. `rest` holds members the editor does not draw. */
export interface ButtonDraft {
  key: number
  type: string
  text: string
  url: string
  phone: string
  example: string
  flow: string
  rest: Record<string, unknown>
}

export const cardMedia = ['IMAGE', 'VIDEO'] as const
export type CardMedia = (typeof cardMedia)[number]
/** The file above a card or text: a new one of ours, or what WhatsApp has. */
export interface SampleDraft {
  mediaId: string
  fileName: string
  handle: string
}

/** A card of a carousel. The kind of its file and of its buttons is that of all cards. */
export interface CardDraft extends SampleDraft {
  key: number
  body: string
  examples: Record<string, string>
  buttons: ButtonDraft[]
}

export interface Draft {
  name: string
  language: string
  category: Category
  format: 'POSITIONAL' | 'NAMED'
  header: { kind: HeaderKind; text: string; mediaId: string; fileName: string; handle: string }
  body: string
  footer: string
  buttons: ButtonDraft[]
  examples: { header: Record<string, string>; body: Record<string, string> }
  offer: { text: string; expires: boolean } | null
  /** Cards side by side instead of heading, footer and buttons; null = an ordinary template. */
  carousel: { media: CardMedia; cards: CardDraft[] } | null
  /** How long a message is tried, in seconds; empty = the category's usual time. */
  ttl: string
  code: { advice: boolean; minutes: string; how: CodeKind; text: string; app: string; hash: string; terms: boolean }
  /** Components the editor does not draw; they stay as they are. */
  rest: TemplateComponent[]
}

/** Which part of the draft a component of the request is. */
export type Place = 'header' | 'body' | 'footer' | 'buttons' | 'offer' | 'carousel' | 'rest'

let made = 0
const hole = /{{\s*([^{}\s]+)\s*}}/g

/** The variables of a text, each once. */
export function holes(text: string): string[] {
  return [...new Set([...text.matchAll(hole)].map((hit) => hit[1] ?? ''))]
}

/** A text with samples in place of its variables; what has none keeps its braces. */
export function withExamples(text: string, examples: Record<string, string>): string {
  return text.replace(hole, (whole, name: string) => examples[name]?.trim() || whole)
}

export function newButton(type: string): ButtonDraft {
  return { key: ++made, type, text: '', url: '', phone: '', example: '', flow: '', rest: {} }
}

export function newCard(like?: CardDraft): CardDraft {
  return { key: ++made, mediaId: '', fileName: '', handle: '', body: '', examples: {}, buttons: (like?.buttons ?? []).map(({ type }) => newButton(type)) }
}

/** Two empty cards with one button each: the smallest carousel. */
export function newCarousel(): Draft['carousel'] {
  const first = { ...newCard(), buttons: [newButton('QUICK_REPLY')] }
  return { media: 'IMAGE', cards: [first, newCard(first)] }
}

export function emptyDraft(language: string): Draft {
  return {
    name: '',
    language,
    category: 'UTILITY',
    format: 'POSITIONAL',
    header: { kind: 'NONE', text: '', mediaId: '', fileName: '', handle: '' },
    body: '',
    footer: '',
    buttons: [],
    examples: { header: {}, body: {} },
    offer: null,
    carousel: null,
    ttl: '',
    code: { advice: true, minutes: '10', how: 'COPY_CODE', text: '', app: '', hash: '', terms: false },
    rest: [],
  }
}

function texts(value: unknown): string[] {
  const list = Array.isArray(value) ? (Array.isArray(value[0]) ? (value[0] as unknown[]) : value) : []
  return list.map((one) => (typeof one === 'string' ? one : ''))
}

/** The samples of a text by variable. */
function samples(component: TemplateComponent, part: 'header' | 'body'): Record<string, string> {
  const example = component.example ?? {}
  const named = example[`${part}_text_named_params`]
  if (Array.isArray(named)) return Object.fromEntries((named as { param_name?: string; example?: string }[]).map((one) => [one.param_name ?? '', one.example ?? '']))
  return Object.fromEntries(texts(example[`${part}_text`]).map((text, index) => [String(index + 1), text]))
}

const text = (value: unknown): string => (typeof value === 'string' ? value : Array.isArray(value) && typeof value[0] === 'string' ? value[0] : '')

function readButton(button: Record<string, unknown>): ButtonDraft {
  const { type, text: label, url, phone_number, example, flow_id, ...rest } = button
  return { ...newButton(text(type).toUpperCase()), text: text(label), url: text(url), phone: text(phone_number), example: text(example), flow: text(flow_id), rest }
}

type Components = { components?: TemplateComponent[] }[]

/** The cards, when the editor can draw every part of them. */
function readCarousel(component: TemplateComponent): Draft['carousel'] {
  const list = ((component as { cards?: Components }).cards ?? []).map((card) => card.components ?? [])
  const part = (parts: TemplateComponent[], type: string) => parts.find((one) => one.type.toUpperCase() === type)
  const media = cardMedia.find((one) => one === part(list[0] ?? [], 'HEADER')?.format?.toUpperCase())
  const drawn = new Set(['HEADER', 'BODY', 'BUTTONS'])
  if (!media || !list.every((parts) => parts.every((one) => drawn.has(one.type.toUpperCase())) && part(parts, 'HEADER')?.format?.toUpperCase() === media)) return null
  const cards = list.map((parts) => {
    const body = part(parts, 'BODY')
    return {
      ...newCard(),
      handle: text(part(parts, 'HEADER')?.example?.header_handle),
      body: body?.text ?? '',
      examples: body ? samples(body, 'body') : {},
      buttons: (part(parts, 'BUTTONS')?.buttons ?? []).map((button) => readButton(button as Record<string, unknown>)),
    }
  })
  return { media, cards }
}

function readCode(draft: Draft, component: TemplateComponent): void {
  const button = component.buttons?.[0] as Record<string, unknown> | undefined
  const app = (button?.supported_apps as { package_name?: string; signature_hash?: string }[] | undefined)?.[0]
  const how = codeKinds.find((kind) => kind === text(button?.otp_type).toUpperCase()) ?? 'COPY_CODE'
  draft.code = { ...draft.code, how, text: text(button?.text), app: app?.package_name ?? '', hash: app?.signature_hash ?? '', terms: button?.zero_tap_terms_accepted === true }
}

/** A draft of what there is: to edit it, or to write it in another language. */
export function fromTemplate(template: Template): Draft {
  const draft = emptyDraft(template.language)
  draft.name = template.name
  draft.category = categories.find((category) => category === template.category) ?? 'MARKETING'
  draft.format = template.parameter_format === 'NAMED' ? 'NAMED' : 'POSITIONAL'
  draft.ttl = template.message_send_ttl_seconds ? String(template.message_send_ttl_seconds) : ''
  const coded = draft.category === 'AUTHENTICATION'
  for (const component of template.components) {
    const kind = component.type.toUpperCase()
    if (kind === 'HEADER') {
      const format = headerKinds.find((one) => one === (component.format ?? 'TEXT').toUpperCase())
      if (!format) draft.rest.push(component)
      else draft.header = { kind: format, text: component.text ?? '', mediaId: '', fileName: '', handle: text(component.example?.header_handle) }
      draft.examples.header = samples(component, 'header')
    } else if (kind === 'BODY') {
      draft.body = component.text ?? ''
      draft.examples.body = samples(component, 'body')
      if (coded) draft.code.advice = component.add_security_recommendation === true
    } else if (kind === 'FOOTER') {
      draft.footer = component.text ?? ''
      if (coded) draft.code.minutes = String(component.code_expiration_minutes ?? '')
    } else if (kind === 'BUTTONS') {
      if (coded) readCode(draft, component)
      else draft.buttons = (component.buttons ?? []).map((button) => readButton(button as Record<string, unknown>))
    } else if (kind === 'LIMITED_TIME_OFFER') {
      draft.offer = { text: component.limited_time_offer?.text ?? '', expires: component.limited_time_offer?.has_expiration === true }
    } else {
      const carousel = kind === 'CAROUSEL' ? readCarousel(component) : null
      if (carousel) draft.carousel = carousel
      else draft.rest.push(component)
    }
  }
  if (coded && !template.components.some((component) => component.type.toUpperCase() === 'FOOTER')) draft.code.minutes = ''
  return draft
}

function example(draft: Draft, part: 'header' | 'body', words: string, given: Record<string, string> = draft.examples[part]): Record<string, unknown> | undefined {
  const names = holes(words)
  if (names.length === 0) return undefined
  if (draft.format === 'NAMED') return { [`${part}_text_named_params`]: names.map((name) => ({ param_name: name, example: given[name] ?? '' })) }
  const list = [...names].sort((a, b) => Number(a) - Number(b)).map((name) => given[name] ?? '')
  return { [`${part}_text`]: part === 'body' ? [list] : list }
}

function button(one: ButtonDraft): Record<string, unknown> {
  const base = { ...one.rest, type: one.type }
  if (one.type === 'COPY_CODE') return { ...base, example: one.example }
  if (one.type === 'REQUEST_CONTACT_INFO') return base
  if (one.type === 'URL') return { ...base, text: one.text, url: one.url, ...(holes(one.url).length ? { example: [one.example] } : {}) }
  if (one.type === 'PHONE_NUMBER') return { ...base, text: one.text, phone_number: one.phone }
  if (one.type === 'FLOW') return { ...base, text: one.text, ...(one.flow ? { flow_id: one.flow } : {}) }
  return { ...base, text: one.text }
}

const sample = ({ mediaId, handle }: SampleDraft) => (mediaId ? { media_id: mediaId } : handle ? { header_handle: [handle] } : undefined)

/** The parts every card has, in order: all cards must be built alike. */
function cardParts({ cards }: NonNullable<Draft['carousel']>): Place[] {
  return ['header', ...(cards.some((card) => card.body) ? (['body'] as const) : []), ...(cards.some((card) => card.buttons.length > 0) ? (['buttons'] as const) : [])]
}

function carouselPart(draft: Draft, carousel: NonNullable<Draft['carousel']>): object {
  const parts = cardParts(carousel)
  const build = (card: CardDraft, part: Place): object => {
    if (part === 'header') return { type: 'HEADER', format: carousel.media, example: sample(card) }
    if (part === 'body') return { type: 'BODY', text: card.body, example: example(draft, 'body', card.body, card.examples) }
    return { type: 'BUTTONS', buttons: card.buttons.map(button) }
  }
  return { type: 'CAROUSEL', cards: carousel.cards.map((card) => ({ components: parts.map((part) => build(card, part)) })) }
}

function codeParts({ code }: Draft): [Place, object][] {
  const apps = code.how === 'COPY_CODE' ? {} : { supported_apps: [{ package_name: code.app, signature_hash: code.hash }] }
  const terms = code.how === 'ZERO_TAP' ? { zero_tap_terms_accepted: code.terms } : {}
  const otp = { type: 'OTP', otp_type: code.how, ...(code.text ? { text: code.text } : {}), ...apps, ...terms }
  return [
    ['body', { type: 'BODY', add_security_recommendation: code.advice }],
    ...(code.minutes.trim() ? [['footer', { type: 'FOOTER', code_expiration_minutes: Number(code.minutes) }] as [Place, object]] : []),
    ['buttons', { type: 'BUTTONS', buttons: [otp] }],
  ]
}

/** Meta's components, and which part of the draft each of them is. */
export function toComponents(draft: Draft): { components: object[]; places: Place[] } {
  const parts: [Place, object][] = []
  if (draft.category === 'AUTHENTICATION') parts.push(...codeParts(draft))
  else if (draft.carousel) {
    parts.push(['body', { type: 'BODY', text: draft.body, example: example(draft, 'body', draft.body) }])
    parts.push(['carousel', carouselPart(draft, draft.carousel)])
    for (const component of draft.rest) parts.push(['rest', component])
  } else {
    const { kind, text: words } = draft.header
    if (kind === 'TEXT') parts.push(['header', { type: 'HEADER', format: kind, text: words, example: example(draft, 'header', words) }])
    else if (kind === 'LOCATION') parts.push(['header', { type: 'HEADER', format: kind }])
    else if (kind !== 'NONE') parts.push(['header', { type: 'HEADER', format: kind, example: sample(draft.header) }])
    if (draft.offer) parts.push(['offer', { type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: draft.offer.text, has_expiration: draft.offer.expires } }])
    parts.push(['body', { type: 'BODY', text: draft.body, example: example(draft, 'body', draft.body) }])
    if (draft.footer) parts.push(['footer', { type: 'FOOTER', text: draft.footer }])
    if (draft.buttons.length) parts.push(['buttons', { type: 'BUTTONS', buttons: draft.buttons.map(button) }])
    for (const component of draft.rest) parts.push(['rest', component])
  }
  return { components: parts.map((part) => part[1]), places: parts.map((part) => part[0]) }
}

/** Problems by the field they stand at: `name`, `header.text`, `body.example.1`, `buttons.buttons.0.url`, `cards.1.body.text`. */
export function byField(problems: readonly TemplateProblem[], places: readonly Place[], carousel: Draft['carousel'] = null): Map<string, TemplateProblem[]> {
  const parts = carousel ? cardParts(carousel) : []
  const found = new Map<string, TemplateProblem[]>()
  for (const problem of problems) {
    const [, index, rest] = /^components\.(\d+)(.*)$/.exec(problem.path) ?? []
    const place = index === undefined ? problem.path : `${places[Number(index)] ?? 'rest'}${rest ?? ''}`
    const field = place.replace(/^carousel\.cards\.(\d+)(?:\.components\.(\d+))?/, (_, card: string, part?: string) => `cards.${card}${part === undefined ? '' : `.${parts[Number(part)] ?? 'rest'}`}`)
    found.set(field, [...(found.get(field) ?? []), problem])
  }
  return found
}

/** The next variable to put into a text. */
export function nextHole(words: string, format: Draft['format']): string {
  const names = holes(words)
  if (format === 'POSITIONAL') return `{{${names.length + 1}}}`
  let number = names.length + 1
  while (names.includes(`value_${number}`)) number += 1
  return names.includes('name') ? `{{value_${number}}}` : '{{name}}'
}
