import { describe, expect, it } from 'vitest'
import { canSend, codesOf, contentOf, emptySketch, isLink, newSlide, position, repeated, type Sketch } from './model'

const sketch = (kind: Sketch['kind'], part: Partial<Sketch>): Sketch => ({ ...emptySketch(kind), ...part })
const action = (of: Sketch) => {
  const content = contentOf(of)
  return content.type === 'interactive' ? content.action : null
}

describe('buttons', () => {
  it('become replies with ids of their own; empty ones fall away', () => {
    expect(action(sketch('button', { body: 'Keep it?', titles: ['Yes', ' ', 'No '] }))).toEqual({
      buttons: [
        { type: 'reply', reply: { id: 'choice-1', title: 'Yes' } },
        { type: 'reply', reply: { id: 'choice-2', title: 'No' } },
      ],
    })
  })
  it('need a text, one to three titles of at most 20 characters, no two alike', () => {
    const ok = { body: 'b', titles: ['a', 'b', 'c'] }
    expect(canSend(sketch('button', ok))).toBe(true)
    expect(canSend(sketch('button', { ...ok, body: ' ' }))).toBe(false)
    expect(canSend(sketch('button', { ...ok, titles: ['', ''] }))).toBe(false)
    expect(canSend(sketch('button', { ...ok, titles: ['a', 'b', 'c', 'd'] }))).toBe(false)
    expect(canSend(sketch('button', { ...ok, titles: ['x'.repeat(20)] }))).toBe(true)
    expect(canSend(sketch('button', { ...ok, titles: ['x'.repeat(21)] }))).toBe(false)
    expect(canSend(sketch('button', { ...ok, titles: ['a', 'a '] }))).toBe(false)
    expect(canSend(sketch('button', { ...ok, footer: 'x'.repeat(61) }))).toBe(false)
    expect([...repeated(['a', 'b', 'a', ''])]).toEqual(['a'])
  })
})

describe('a list', () => {
  const rows = (count: number, title = 't') => Array.from({ length: count }, (_, at) => ({ title: `${title}${at}`, description: '' }))
  const list = (sections: Sketch['sections']) => sketch('list', { body: 'b', opener: 'Pick', sections })
  it('numbers its rows through all sections', () => {
    const made = action(list([{ title: 'A', rows: rows(1) }, { title: 'B', rows: [{ title: 'last', description: 'd' }] }]))
    expect(made).toEqual({
      button: 'Pick',
      sections: [
        { title: 'A', rows: [{ id: 'choice-1', title: 't0' }] },
        { title: 'B', rows: [{ id: 'choice-2', title: 'last', description: 'd' }] },
      ],
    })
  })
  it('has ten rows in all, and names its sections when there are several', () => {
    expect(canSend(list([{ title: '', rows: rows(10) }]))).toBe(true)
    expect(canSend(list([{ title: '', rows: rows(11) }]))).toBe(false)
    expect(canSend(list([{ title: 'A', rows: rows(6) }, { title: 'B', rows: rows(5) }]))).toBe(false)
    expect(canSend(list([{ title: 'A', rows: rows(1) }, { title: '', rows: rows(1) }]))).toBe(false)
    expect(canSend(list([{ title: '', rows: [{ title: '', description: 'lost' }, { title: 'a', description: '' }] }]))).toBe(false)
  })
})

describe('links and places', () => {
  it('takes web addresses only', () => {
    for (const good of ['https://x.example', 'http://x.example/a?b=c']) expect(isLink(good)).toBe(true)
    for (const bad of ['', 'x.example', 'ftp://x.example', 'https://', 'https://a b.example', 'javascript:alert(1)']) expect(isLink(bad)).toBe(false)
  })
  it('reads coordinates out of what people paste', () => {
    const dubai = { latitude: 25.2048, longitude: 55.2708 }
    for (const text of ['25.2048, 55.2708', '25.2048،55.2708', '25.2048 55.2708', 'https://www.google.com/maps/@25.2048,55.2708,15z', 'https://maps.example/?q=25.2048,55.2708', 'https://www.openstreetmap.org/?mlat=25.2048&mlon=55.2708#map=16/1/2']) {
      expect(position(text)).toEqual(dubai)
    }
    for (const text of ['', 'Dubai', '91, 0', '0, 181']) expect(position(text)).toBeNull()
  })
  it('asks for a contact and for a product code', () => {
    expect(canSend(sketch('contacts', {}))).toBe(false)
    expect(canSend(sketch('contacts', { card: { id: '1', name: 'Ana', phones: ['+1'], emails: [] } }))).toBe(true)
    expect(canSend(sketch('product', { catalog: '1' }))).toBe(false)
    expect(canSend(sketch('product', { catalog: '1', product: 'sku' }))).toBe(true)
    expect(canSend(sketch('request_contact_info', { body: 'May we have your number?' }))).toBe(true)
  })
})

describe('forms, addresses, products and cards', () => {
  it('a flow has an id and a button of at most 30 characters; a first screen only when it is named', () => {
    const flow = { body: 'b', flow: '9', label: 'x'.repeat(30) }
    expect(canSend(sketch('flow', flow))).toBe(true)
    expect(canSend(sketch('flow', { ...flow, label: 'x'.repeat(31) }))).toBe(false)
    expect(canSend(sketch('flow', { ...flow, flow: '' }))).toBe(false)
    expect(action(sketch('flow', flow))).toEqual({ name: 'flow', parameters: { flow_message_version: '3', flow_id: '9', flow_cta: 'x'.repeat(30) } })
    expect(action(sketch('flow', { ...flow, screen: 'FIRST' }))).toMatchObject({ parameters: { flow_action: 'navigate', flow_action_payload: { screen: 'FIRST' } } })
  })
  it('an address is asked for in a country', () => {
    expect(action(sketch('address_message', { body: 'b', country: 'SG' }))).toEqual({ name: 'address_message', parameters: { country: 'SG' } })
    expect(canSend(sketch('address_message', {}))).toBe(false)
  })
  it('a list of products has a heading and at most thirty products, its sections names when there are several', () => {
    const codes = (count: number) => Array.from({ length: count }, (_, at) => `p${at}`).join('\n')
    const list = (shelves: Sketch['shelves'], header = 'Menu') => sketch('product_list', { header, body: 'b', catalog: '1', shelves })
    expect(codesOf(' a, b،c\n\nd ')).toEqual(['a', 'b', 'c', 'd'])
    expect(canSend(list([{ title: '', codes: codes(30) }]))).toBe(true)
    expect(canSend(list([{ title: '', codes: codes(31) }]))).toBe(false)
    expect(canSend(list([{ title: '', codes: 'a' }], ''))).toBe(false)
    expect(canSend(list([{ title: 'A', codes: 'a' }, { title: '', codes: 'b' }]))).toBe(false)
    expect(action(list([{ title: '', codes: 'a' }, { title: 'empty', codes: '' }]))).toEqual({ catalog_id: '1', sections: [{ product_items: [{ product_retailer_id: 'a' }] }] })
    expect(canSend(sketch('catalog_message', { body: 'b' }))).toBe(true)
  })
  it('cards are two to ten, each with a file and all with links or all with buttons', () => {
    const card = (part: object = {}) => ({ ...newSlide(), mediaId: 'm', body: 'x'.repeat(160), label: 'Buy', url: 'https://x.example', ...part })
    const slides = (cards: Sketch['slides']['cards'], kind: 'cta_url' | 'button' = 'cta_url') => sketch('carousel', { body: 'b', slides: { media: 'image', kind, cards } })
    expect(canSend(slides([card(), card()]))).toBe(true)
    expect(canSend(slides([card()]))).toBe(false)
    expect(canSend(slides(Array.from({ length: 11 }, () => card())))).toBe(false)
    expect(canSend(slides([card(), card({ body: 'x'.repeat(161) })]))).toBe(false)
    expect(canSend(slides([card(), card({ mediaId: '' })]))).toBe(false)
    expect(canSend(slides([card({ titles: ['Yes'] }), card({ titles: [''] })], 'button'))).toBe(false)
    expect(action(slides([card({ titles: ['Yes'] }), card({ titles: ['No'] })], 'button'))).toMatchObject({ cards: [{ card_index: 0, type: 'button', header: { type: 'image', image: { id: 'm' } } }, { card_index: 1, action: { buttons: [{ type: 'reply', reply: { id: 'card-2-1', title: 'No' } }] } }] })
  })
})
