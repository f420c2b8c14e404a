import { describe, expect, it } from 'vitest'
import type { Template } from '@/api/types'
import { cardOf, complete, components, isForPrograms, preview, previewText } from './templateModel'

const blank = (key: string, component: string, kind: string, label: string) => ({ key, component, kind, label, example: '', source: null, fallback: null })
const base = { id: 't', channel_id: 'c', name: 'order_update', language: 'en_US', category: 'UTILITY', status: 'APPROVED', quality: 'GREEN', rejected_reason: null, updated_at: 0, message_send_ttl_seconds: null, uses: { last_30_days: 0, last_at: null, waiting: 0 }, used_by: [] }
const named: Template = {
  ...base,
  parameter_format: 'NAMED',
  variables: [blank('header.order_id', 'header', 'text', 'order_id'), blank('body.first_name', 'body', 'text', 'first_name'), blank('body.eta', 'body', 'text', 'eta'), blank('buttons.1', 'button', 'url', 'Track')],
  components: [
    { type: 'HEADER', format: 'TEXT', text: 'Order {{order_id}}' },
    { type: 'BODY', text: 'Hi {{first_name}}, it arrives {{eta}}. {{eta}}!' },
    { type: 'FOOTER', text: 'Reply STOP to end' },
    { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Help' }, { type: 'URL', text: 'Track', url: 'https://x.example/{{1}}' }] },
  ],
}
const filled = { 'header.order_id': '118', 'body.first_name': 'Ana', 'body.eta': 'today', 'buttons.1': 'abc' }

describe('a template', () => {
  it('previews what is filled and keeps the braces of what is not', () => {
    expect(preview(named, { 'body.first_name': 'Ana' }).body).toBe('Hi Ana, it arrives {{eta}}. {{eta}}!')
    expect(previewText(named, filled)).toBe('Order 118\nHi Ana, it arrives today. today!\nReply STOP to end')
  })
  it('is complete only when every blank is filled', () => {
    expect(complete(named, { ...filled, 'body.eta': ' ' })).toBe(false)
    expect(complete(named, filled)).toBe(true)
    expect(isForPrograms(named)).toBe(false)
  })
  it('becomes the send components of the provider', () => {
    expect(components(named, filled)).toEqual([
      { type: 'header', parameters: [{ type: 'text', parameter_name: 'order_id', text: '118' }] },
      { type: 'body', parameters: [{ type: 'text', parameter_name: 'first_name', text: 'Ana' }, { type: 'text', parameter_name: 'eta', text: 'today' }] },
      { type: 'button', sub_type: 'url', index: '1', parameters: [{ type: 'text', text: 'abc' }] },
    ])
  })
})

describe('a carousel with an offer', () => {
  const card = (at: number) => [blank(`cards.${at}.header.image`, 'header', 'image', 'image'), blank(`cards.${at}.body.1`, 'body', 'text', '1'), blank(`cards.${at}.buttons.0`, 'button', 'code', 'Copy')]
  const parts = [{ type: 'HEADER', format: 'IMAGE' }, { type: 'BODY', text: 'Now {{1}}' }, { type: 'BUTTONS', buttons: [{ type: 'COPY_CODE', text: 'Copy' }] }]
  const template = {
    ...base,
    parameter_format: 'POSITIONAL',
    variables: [blank('body.1', 'body', 'text', '1'), blank('offer', 'offer', 'time', ''), ...card(0), ...card(1)],
    components: [{ type: 'BODY', text: 'Hi {{1}}' }, { type: 'CAROUSEL', cards: [{ components: parts }, { components: parts }] }],
  } as unknown as Template
  const values = { 'body.1': 'Ana', offer: '1790000000000', 'cards.0.header.image': 'm0', 'cards.0.body.1': '5', 'cards.0.buttons.0': 'A5', 'cards.1.header.image': 'https://x.example/1.jpg', 'cards.1.body.1': '6', 'cards.1.buttons.0': 'A6' }
  it('fills each card from its own blanks', () => {
    const inner = (image: object, text: string, code: string) => [
      { type: 'header', parameters: [{ type: 'image', image }] },
      { type: 'body', parameters: [{ type: 'text', text }] },
      { type: 'button', sub_type: 'copy_code', index: '0', parameters: [{ type: 'coupon_code', coupon_code: code }] },
    ]
    expect(components(template, values)).toEqual([
      { type: 'body', parameters: [{ type: 'text', text: 'Ana' }] },
      { type: 'limited_time_offer', parameters: [{ type: 'limited_time_offer', limited_time_offer: { expiration_time_ms: 1_790_000_000_000 } }] },
      { type: 'carousel', cards: [{ card_index: 0, components: inner({ id: 'm0' }, '5', 'A5') }, { card_index: 1, components: inner({ link: 'https://x.example/1.jpg' }, '6', 'A6') }] },
    ])
    expect(previewText(template, values)).toBe('Hi Ana\nNow 5\nNow 6')
    expect(template.variables.map(cardOf)).toEqual([null, null, 0, 0, 0, 1, 1, 1])
  })
})
