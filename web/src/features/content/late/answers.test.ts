import { describe, expect, it } from 'vitest'
import { formAnswers } from './answers'

describe('the answers of a form', () => {
  it.each([
    ['names without their dress, and nothing that only programs need', { flow_token: 'secret', wa_flow_response_params: { flow_id: '1' }, deliveryDate: '2026-12-01', first_name: 'Ana', 'الاسم': 'ليلى' }, [{ name: 'Delivery Date', value: '2026-12-01' }, { name: 'First name', value: 'Ana' }, { name: 'الاسم', value: 'ليلى' }]],
    ["WhatsApp's own editor", { screen_0_Rating_1: '0_Very_good', 'screen_1_Sizes_2': ['0_M', '1_L'] }, [{ name: 'Rating', value: 'Very good' }, { name: 'Sizes', value: [{ name: '', value: 'M' }, { name: '', value: 'L' }] }]],
    ['an underscore that somebody typed', { code: '7_days' }, [{ name: 'Code', value: '7_days' }]],
    ['nothing that is empty', { a: '', b: null, c: [], d: {}, e: ' ', f: [null] }, []],
    ['false and nought are answers', { news: false, guests: 0 }, [{ name: 'News', value: false }, { name: 'Guests', value: '0' }]],
    ['parts of parts', { where: { city: 'Lisboa', at: [{ floor: 2 }, { floor: 3 }] } }, [{ name: 'Where', value: [{ name: 'City', value: 'Lisboa' }, { name: 'At', value: [{ name: '', value: [{ name: 'Floor', value: '2' }] }, { name: '', value: [{ name: 'Floor', value: '3' }] }] }] }]],
    ['files by their names', { photo: [{ id: 9, file_name: 'coat.jpg', sha256: 'x', mime_type: 'image/jpeg' }] }, [{ name: 'Photo', value: 'coat.jpg' }]],
    ['the lines of an address', { saved_address_id: 'a1', values: { city: 'Pune', in_pin_code: '400063' } }, [{ name: 'City', value: 'Pune' }, { name: 'In pin code', value: '400063' }]],
    ['what could not be read, as it came', 'not { json', [{ name: '', value: 'not { json' }]],
    ['no object at all', [1, 2], []],
    ['nothing', null, []],
  ])('%s', (_, data, wanted) => expect(formAnswers(data)).toEqual(wanted))
  it.each([
    [['size', 'city'], ['Size', 'City']],
    [['flow_token', 'city', 'size', 'gone'], ['City', 'Size']],
    [['size'], ['Size', 'City']],
    [undefined, ['City', 'Size']],
  ])('keeps the order %s', (order, wanted) => expect(formAnswers({ city: 'Dubai', flow_token: 't', size: 'M' }, order).map(({ name }) => name)).toEqual(wanted))
  it('ends, however deep it goes', () => {
    const deep = JSON.parse('{"a":'.repeat(50) + '1' + '}'.repeat(50)) as unknown
    expect(JSON.stringify(formAnswers(deep)).length).toBeLessThan(1_000)
  })
})
