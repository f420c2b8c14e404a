import { describe, expect, it } from 'vitest'
import type { SendComponent, Template } from '@/api/types'
import { components, type Filled } from '@/features/composer/templateModel'
import { filledBy, sentHeading, sentTemplate } from './sent'

const blank = (key: string, component: string, kind: string, label: string) => ({ key, component, kind, label, example: '', source: null, fallback: null })
const template = (format: string, variables: Template['variables'], parts: unknown[]) => ({ parameter_format: format, variables, components: parts }) as Template
const named = template(
  'NAMED',
  [blank('header.order', 'header', 'text', 'order'), blank('body.first_name', 'body', 'text', 'first_name'), blank('body.eta', 'body', 'text', 'eta')],
  [{ type: 'HEADER', format: 'TEXT', text: 'Order {{order}}' }, { type: 'BODY', text: 'Hi {{first_name}}, it arrives {{eta}}.' }, { type: 'FOOTER', text: 'Bye' }, { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Help' }] }],
)
const card = (at: number) => [blank(`cards.${at}.header.image`, 'header', 'image', 'image'), blank(`cards.${at}.body.1`, 'body', 'text', '1')]
const parts = [{ type: 'HEADER', format: 'IMAGE' }, { type: 'BODY', text: 'Now {{1}}' }, { type: 'BUTTONS', buttons: [{ type: 'COPY_CODE', text: 'Copy' }] }]
const slides = template('POSITIONAL', [blank('body.1', 'body', 'text', '1'), blank('offer', 'offer', 'time', ''), ...card(0), ...card(1), blank('cards.1.buttons.0', 'button', 'code', 'Copy')], [
  { type: 'BODY', text: 'Hi {{1}}' },
  { type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'Today', has_expiration: true } },
  { type: 'CAROUSEL', cards: [{ components: parts }, { components: parts }] },
])

describe('a template as it was sent', () => {
  it('is filled again with what the message carries', () => {
    const filled: Filled = { 'header.order': '118', 'body.first_name': 'Ana', 'body.eta': 'today' }
    expect(filledBy(named, components(named, filled))).toEqual(filled)
    expect(sentTemplate(named, components(named, filled), 'Order 118\nHi Ana, it arrives today.\nBye')).toMatchObject({ header: 'Order 118', body: 'Hi Ana, it arrives today.', footer: 'Bye', buttons: ['Help'], kinds: ['QUICK_REPLY'], heading: null, offer: null, cards: [] })
  })
  it('keeps named values apart in whatever order they came', () => {
    const given: SendComponent[] = [{ type: 'BODY', parameters: [{ type: 'date_time', parameter_name: 'eta', date_time: { fallback_value: 'at 5' } }, { type: 'text', parameter_name: 'first_name', text: 'Ana' }] }]
    expect(sentTemplate(named, given, null)?.body).toBe('Hi Ana, it arrives at 5.')
  })
  it('has the files, words and codes of its cards, and the end of its offer', () => {
    const filled: Filled = { 'body.1': 'Ana', offer: '1790000000000', 'cards.0.header.image': 'm0', 'cards.0.body.1': '5', 'cards.1.header.image': 'm1', 'cards.1.body.1': '6', 'cards.1.buttons.0': 'A6' }
    const sent = sentTemplate(slides, components(slides, filled), 'Hi Ana\nNow 5\nNow 6')
    expect(sent?.offer).toEqual({ text: 'Today', ends: 1_790_000_000_000 })
    expect(sent?.cards).toMatchObject([
      { body: 'Now 5', heading: { kind: 'image', heading: { image: { id: 'm0' } } }, coupons: [null] },
      { body: 'Now 6', heading: { kind: 'image', heading: { image: { id: 'm1' } } }, coupons: ['A6'] },
    ])
  })
  it('does not pretend that the words of today were sent', () => {
    expect(sentTemplate(named, [], 'Something else')).toBeNull()
    expect(sentHeading([{ type: 'header', parameters: [{ type: 'document', document: { link: 'https://x.example/a.pdf' } }] }])?.kind).toBe('document')
    expect(sentHeading([])).toBeNull()
  })
})
