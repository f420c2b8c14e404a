// A template as it was sent: its definition, filled with the parameters of one message.
import type { SendComponent, Template, TemplateComponent } from '@/api/types'
import { cardOf, preview, type Blank, type Filled, type Shown } from '@/features/composer/templateModel'
import { headingKind, isRecord, text, type HeadingKind } from '@/features/content/shape'

/** The file or place above it, as it was sent. */
export interface Heading {
  kind: HeadingKind
  heading: Record<string, unknown>
}

export interface SentPart extends Shown {
  heading: Heading | null
  /** The code that a button copies, by its place; null for other buttons. */
  coupons: (string | null)[]
}

export interface Sent extends SentPart {
  cards: SentPart[]
  offer: { text: string; ends: number | null } | null
}

type Given = readonly SendComponent[]

const given = (components: Given, type: string) => components.find((one) => one.type.toLowerCase() === type)?.parameters ?? []
const defined = (components: readonly TemplateComponent[], type: string) => components.find((one) => one.type.toUpperCase() === type)

/** What each card was given, by its place. */
function cardsOf(components: Given): Map<number, Given> {
  const cards = components.find((one) => one.type.toLowerCase() === 'carousel')?.cards ?? []
  return new Map(cards.map((card) => [card.card_index, card.components]))
}

/** The words of one parameter; money and dates bring them along. */
function words(parameter: Record<string, unknown> | undefined): string {
  const inner = isRecord(parameter?.currency) ? parameter.currency : isRecord(parameter?.date_time) ? parameter.date_time : null
  return text(inner ? inner.fallback_value : parameter?.text) ?? ''
}

/** The texts of heading and words, by the key of their blank; positions count within their part. */
function texts(blanks: readonly Blank[], components: Given, isNamed: boolean): [string, string][] {
  return (['header', 'body'] as const).flatMap((place) => {
    const parameters = given(components, place)
    return blanks
      .filter((blank) => blank.component === place && blank.kind === 'text')
      .map((blank, at): [string, string] => [blank.key, words(isNamed ? parameters.find((one) => one.parameter_name === blank.label) : parameters[at])])
  })
}

/** The template's blanks as a message fills them. */
export function filledBy(template: Template, components: Given): Filled {
  const isNamed = template.parameter_format.toUpperCase() === 'NAMED'
  const cards = cardsOf(components)
  const places = [null, ...cards.keys()]
  return Object.fromEntries(places.flatMap((place) => texts(template.variables.filter((blank) => cardOf(blank) === place), place === null ? components : (cards.get(place) ?? []), isNamed)))
}

/** The heading that was sent; where only its kind is known, an empty one. */
function headingOf(definition: readonly TemplateComponent[], components: Given): Heading | null {
  const parameter = given(components, 'header')[0]
  const kind = headingKind(parameter) ?? headingKind({ type: defined(definition, 'HEADER')?.format?.toLowerCase() })
  return kind && { kind, heading: parameter ?? {} }
}

/** The coupon's code of each button; null where it has none. */
function couponsOf(shown: Shown, components: Given): (string | null)[] {
  return shown.buttons.map((_, at) => text(components.find((one) => one.type.toLowerCase() === 'button' && Number(one.index) === at)?.parameters?.[0]?.coupon_code))
}

function offerOf(definition: readonly TemplateComponent[], components: Given): Sent['offer'] {
  const offer = defined(definition, 'LIMITED_TIME_OFFER')?.limited_time_offer
  if (!offer) return null
  const [parameter] = given(components, 'limited_time_offer')
  const ends = isRecord(parameter?.limited_time_offer) ? Number(parameter.limited_time_offer.expiration_time_ms) : NaN
  return { text: offer.text ?? '', ends: Number.isFinite(ends) ? ends : null }
}

const oneLine = (all: string) => all.replaceAll(/\s+/g, ' ').trim()

/** Everything of the message that can be shown; null where the definition has changed since, so that its words are others than `sent` says. */
export function sentTemplate(template: Template, components: Given, sent: string | null): Sent | null {
  const shown = preview(template, filledBy(template, components))
  const lines = [shown.header, shown.body, shown.footer, ...shown.cards.map((card) => card.body)].join('\n')
  if (sent !== null && oneLine(lines) !== oneLine(sent)) return null
  const cards = cardsOf(components)
  const definitions = (defined(template.components, 'CAROUSEL') as { cards?: { components?: TemplateComponent[] }[] } | undefined)?.cards ?? []
  return {
    ...shown,
    heading: headingOf(template.components, components),
    coupons: couponsOf(shown, components),
    offer: offerOf(template.components, components),
    cards: shown.cards.map((card, at) => ({ ...card, heading: headingOf(definitions[at]?.components ?? [], cards.get(at) ?? []), coupons: couponsOf(card, cards.get(at) ?? []) })),
  }
}

/** The heading of a message whose template is not known any more. */
export function sentHeading(components: Given): Heading | null {
  return headingOf([], components)
}
