import { describe, expect, it } from 'vitest'
import type { Template } from '@/api/types'
import { blanks, complete, components, preview, previewText } from './templateModel'

const named: Template = {
  id: 't', channel_id: 'c', name: 'order_update', language: 'en_US', category: 'UTILITY', status: 'APPROVED', quality: 'GREEN', parameter_format: 'NAMED', rejected_reason: null, updated_at: 0,
  variables: [{ key: 'eta', component: 'BODY', example: 'Tuesday', kind: 'text', label: 'eta' }],
  components: [
    { type: 'HEADER', format: 'TEXT', text: 'Order {{order_id}}' },
    { type: 'BODY', text: 'Hi {{first_name}}, it arrives {{eta}}. {{eta}}!' },
    { type: 'FOOTER', text: 'Reply STOP to end' },
    { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Help' }, { type: 'URL', text: 'Track', url: 'https://x.example/{{1}}' }] },
  ],
}
const filled = { 'HEADER.order_id': '118', 'BODY.first_name': 'Ana', 'BODY.eta': 'today', 'BUTTON.1.1': 'abc' }

describe('a template', () => {
  it('names each blank once, with its example', () => {
    expect(blanks(named).map((blank) => [blank.id, blank.example])).toEqual([['HEADER.order_id', null], ['BODY.first_name', null], ['BODY.eta', 'Tuesday'], ['BUTTON.1.1', null]])
  })
  it('previews what is filled and keeps the braces of what is not', () => {
    expect(preview(named, { 'BODY.first_name': 'Ana' }).body).toBe('Hi Ana, it arrives {{eta}}. {{eta}}!')
    expect(previewText(named, filled)).toBe('Order 118\nHi Ana, it arrives today. today!\nReply STOP to end')
  })
  it('is complete only when every blank is filled', () => {
    expect(complete(named, { ...filled, 'BODY.eta': ' ' })).toBe(false)
    expect(complete(named, filled)).toBe(true)
  })
  it('becomes the send components of the provider', () => {
    expect(components(named, filled)).toEqual([
      { type: 'header', parameters: [{ type: 'text', parameter_name: 'order_id', text: '118' }] },
      { type: 'body', parameters: [{ type: 'text', parameter_name: 'first_name', text: 'Ana' }, { type: 'text', parameter_name: 'eta', text: 'today' }] },
      { type: 'button', sub_type: 'url', index: '1', parameters: [{ type: 'text', text: 'abc' }] },
    ])
  })
})
