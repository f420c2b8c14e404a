// What a person fills in, and the message it becomes. Pure: the preview and the send button read the same answer.
import type { Content } from '@/api/types'
import type { Kind } from './kinds'
import { limits } from './limits'

export interface Row {
  title: string
  description: string
}

export interface Section {
  title: string
  rows: Row[]
}

export interface Card {
  id: string
  name: string
  phones: string[]
  emails: string[]
}

/** A card of a carousel: all have a link, or all have buttons. */
export interface SlideCard {
  key: number
  /** Our id of its file. */
  mediaId: string
  fileName: string
  body: string
  label: string
  url: string
  titles: string[]
}

export const countries = ['IN', 'SG'] as const

/** Everything any of the forms asks for; each kind uses its part. */
export interface Sketch {
  kind: Kind
  header: string
  body: string
  footer: string
  titles: string[]
  opener: string
  sections: Section[]
  label: string
  url: string
  place: string
  name: string
  address: string
  card: Card | null
  catalog: string
  product: string
  /** Sections of products: a title and one code a line. */
  shelves: { title: string; codes: string }[]
  flow: string
  screen: string
  country: (typeof countries)[number]
  slides: { media: 'image' | 'video'; kind: 'cta_url' | 'button'; cards: SlideCard[] }
}

let made = 0
export function newSlide(): SlideCard {
  return { key: ++made, mediaId: '', fileName: '', body: '', label: '', url: '', titles: [''] }
}

/** The product codes of a section, one a line or with commas between. */
export function codesOf(text: string): string[] {
  return text.split(/[\n,،]+/).map((code) => code.trim()).filter(Boolean)
}

export function emptySketch(kind: Kind): Sketch {
  return { kind, header: '', body: '', footer: '', titles: ['', ''], opener: '', sections: [{ title: '', rows: [{ title: '', description: '' }] }], label: '', url: '', place: '', name: '', address: '', card: null, catalog: '', product: '', shelves: [{ title: '', codes: '' }], flow: '', screen: '', country: 'IN', slides: { media: 'image', kind: 'cta_url', cards: [newSlide(), newSlide()] } }
}

/** Latitude and longitude out of what people paste: two numbers, or the address of a map. */
export function position(text: string): { latitude: number; longitude: number } | null {
  const number = String.raw`(-?\d{1,3}(?:\.\d+)?)`
  const patterns = [new RegExp(`^\\s*${number}\\s*[,،;\\s]\\s*${number}\\s*$`), new RegExp(`@${number},${number}`), new RegExp(`[?&](?:q|ll|query|center)=${number}(?:,|%2C)${number}`, 'i'), new RegExp(`mlat=${number}&mlon=${number}`), new RegExp(`#map=\\d+/${number}/${number}`)]
  for (const pattern of patterns) {
    const found = pattern.exec(text)
    if (!found) continue
    const [latitude, longitude] = [Number(found[1]), Number(found[2])]
    if (Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180) return { latitude, longitude }
  }
  return null
}

export function isLink(text: string): boolean {
  if (!/^https?:\/\/[^\s/?#]+\S*$/.test(text)) return false
  return URL.canParse(text)
}

/** All rows of a list: the limit is on all sections together. */
export function rowsOf(sketch: Sketch): Row[] {
  return sketch.sections.flatMap((section) => section.rows)
}

/** Titles that stand there twice; the provider refuses the message. */
export function repeated(titles: string[]): Set<string> {
  const seen = new Set<string>()
  const twice = new Set<string>()
  for (const title of titles.map((text) => text.trim()).filter(Boolean)) {
    if (seen.has(title)) twice.add(title)
    seen.add(title)
  }
  return twice
}

/** The message as far as it is filled in; the preview shows it. */
export function contentOf(sketch: Sketch): Content {
  const { kind } = sketch
  const body = sketch.body.trim()
  const header = sketch.header.trim() ? { type: 'text', text: sketch.header.trim() } : undefined
  const footer = sketch.footer.trim() || undefined
  switch (kind) {
    case 'button': {
      const titles = sketch.titles.map((title) => title.trim()).filter(Boolean)
      return { type: 'interactive', kind, header, body, footer, action: { buttons: titles.map((title, at) => ({ type: 'reply', reply: { id: `choice-${at + 1}`, title } })) } }
    }
    case 'list': {
      let count = 0
      const sections = sketch.sections.map((section) => ({
        ...(section.title.trim() ? { title: section.title.trim() } : {}),
        rows: section.rows
          .filter((row) => row.title.trim())
          .map((row) => ({ id: `choice-${(count += 1)}`, title: row.title.trim(), ...(row.description.trim() ? { description: row.description.trim() } : {}) })),
      }))
      return { type: 'interactive', kind, header, body, footer, action: { button: sketch.opener.trim(), sections: sections.filter((section) => section.rows.length > 0) } }
    }
    case 'cta_url':
      return { type: 'interactive', kind, header, body, footer, action: { name: 'cta_url', parameters: { display_text: sketch.label.trim(), url: sketch.url.trim() } } }
    case 'location_request_message':
      return { type: 'interactive', kind, body, action: { name: 'send_location' } }
    case 'request_contact_info':
      return { type: 'interactive', kind, body, action: { name: 'request_contact_info' } }
    case 'product':
      return { type: 'interactive', kind, body: body || undefined, footer, action: { catalog_id: sketch.catalog.trim(), product_retailer_id: sketch.product.trim() } }
    case 'product_list': {
      const sections = sketch.shelves.map((shelf) => ({ ...(shelf.title.trim() ? { title: shelf.title.trim() } : {}), product_items: codesOf(shelf.codes).map((product_retailer_id) => ({ product_retailer_id })) }))
      return { type: 'interactive', kind, header, body, footer, action: { catalog_id: sketch.catalog.trim(), sections: sections.filter((section) => section.product_items.length > 0) } }
    }
    case 'catalog_message':
      return { type: 'interactive', kind, body, footer, action: { name: 'catalog_message', ...(sketch.product.trim() ? { parameters: { thumbnail_product_retailer_id: sketch.product.trim() } } : {}) } }
    case 'flow':
      return {
        type: 'interactive', kind, header, body, footer,
        action: {
          name: 'flow',
          parameters: { flow_message_version: '3', flow_id: sketch.flow.trim(), flow_cta: sketch.label.trim(), ...(sketch.screen.trim() ? { flow_action: 'navigate', flow_action_payload: { screen: sketch.screen.trim() } } : {}) },
        },
      }
    case 'address_message':
      return { type: 'interactive', kind, body, footer, action: { name: 'address_message', parameters: { country: sketch.country } } }
    case 'carousel': {
      const { media, kind: sort, cards } = sketch.slides
      const slide = (card: SlideCard, at: number) => ({
        card_index: at,
        type: sort,
        ...(card.mediaId ? { header: { type: media, [media]: { id: card.mediaId } } } : {}),
        ...(card.body.trim() ? { body: { text: card.body.trim() } } : {}),
        action:
          sort === 'cta_url'
            ? { name: 'cta_url', parameters: { display_text: card.label.trim(), url: card.url.trim() } }
            : { buttons: card.titles.map((title) => title.trim()).filter(Boolean).map((title, nth) => ({ type: 'reply', reply: { id: `card-${at + 1}-${nth + 1}`, title } })) },
      })
      return { type: 'interactive', kind, body, action: { cards: cards.map(slide) } }
    }
    case 'location': {
      const at = position(sketch.place) ?? { latitude: 0, longitude: 0 }
      return { type: 'location', ...at, name: sketch.name.trim() || undefined, address: sketch.address.trim() || undefined } as Content
    }
    case 'contacts': {
      const { card } = sketch
      return { type: 'contacts', cards: card ? [{ name: card.name, phones: card.phones, emails: card.emails }] : [] } as Content
    }
  }
}

const within = (text: string, most: number) => text.trim().length <= most
const given = (text: string, most: number) => text.trim() !== '' && within(text, most)

const titled = (all: string[]) => {
  const titles = all.filter((title) => title.trim())
  return titles.length > 0 && titles.length <= limits.buttons && titles.every((title) => within(title, limits.buttonTitle)) && repeated(titles).size === 0
}

/** Whether the provider would take it; what is missing is marked at its field. */
export function canSend(sketch: Sketch): boolean {
  const frame = within(sketch.header, limits.header) && within(sketch.footer, limits.footer)
  switch (sketch.kind) {
    case 'button':
      return frame && given(sketch.body, limits.body) && titled(sketch.titles)
    case 'list': {
      const rows = rowsOf(sketch).filter((row) => row.title.trim())
      const sections = sketch.sections.filter((section) => section.rows.some((row) => row.title.trim()))
      const named = sections.every((section) => within(section.title, limits.sectionTitle) && (sections.length === 1 || section.title.trim() !== ''))
      const complete = rowsOf(sketch).every((row) => row.title.trim() || !row.description.trim())
      return frame && given(sketch.body, limits.listBody) && given(sketch.opener, limits.buttonTitle) && rows.length > 0 && rows.length <= limits.rows && named && complete && rows.every((row) => within(row.title, limits.rowTitle) && within(row.description, limits.rowDescription))
    }
    case 'cta_url':
      return frame && given(sketch.body, limits.body) && given(sketch.label, limits.buttonTitle) && within(sketch.url, limits.link) && isLink(sketch.url.trim())
    case 'location_request_message':
    case 'request_contact_info':
      return given(sketch.body, limits.body)
    case 'product':
      return within(sketch.body, limits.body) && within(sketch.footer, limits.footer) && given(sketch.catalog, 256) && given(sketch.product, 256)
    case 'product_list': {
      const shelves = sketch.shelves.filter((shelf) => codesOf(shelf.codes).length > 0)
      const codes = shelves.flatMap((shelf) => codesOf(shelf.codes))
      const named = shelves.every((shelf) => within(shelf.title, limits.sectionTitle) && (shelves.length === 1 || shelf.title.trim() !== ''))
      return frame && given(sketch.header, limits.header) && given(sketch.body, limits.body) && given(sketch.catalog, 256) && codes.length > 0 && codes.length <= limits.products && shelves.length <= limits.sections && named
    }
    case 'catalog_message':
      return given(sketch.body, limits.body) && within(sketch.footer, limits.footer) && within(sketch.product, 256)
    case 'flow':
      return frame && given(sketch.body, limits.body) && given(sketch.label, limits.flowButton) && given(sketch.flow, 256) && within(sketch.screen, 256)
    case 'address_message':
      return given(sketch.body, limits.body) && within(sketch.footer, limits.footer)
    case 'carousel': {
      const { kind, cards } = sketch.slides
      const whole = (card: SlideCard) => card.mediaId !== '' && within(card.body, limits.cardBody) && (kind === 'cta_url' ? given(card.label, limits.buttonTitle) && isLink(card.url.trim()) : titled(card.titles))
      return given(sketch.body, limits.body) && cards.length >= limits.cardsLeast && cards.length <= limits.cards && cards.every(whole)
    }
    case 'location':
      return position(sketch.place) !== null && within(sketch.name, limits.place) && within(sketch.address, limits.place)
    case 'contacts':
      return sketch.card !== null
  }
}

/** One line for the list of conversations until the server's own comes. */
export function previewOf(sketch: Sketch): string {
  if (sketch.kind === 'location') return sketch.name.trim() || sketch.place.trim()
  if (sketch.kind === 'contacts') return sketch.card?.name ?? ''
  return sketch.body.trim() || sketch.product.trim()
}
