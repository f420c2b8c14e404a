import { describe, expect, it } from 'vitest'
import type { Template, TemplateComponent, TemplateProblem } from '@/api/types'
import { byField, emptyDraft, fromTemplate, holes, newButton, newCard, newCarousel, nextHole, toComponents, withExamples } from './draft'

const template = (components: unknown[], more: Partial<Template> = {}): Template => ({
  id: '1', channel_id: '2', name: 'order', language: 'en', category: 'UTILITY', status: 'APPROVED', quality: 'GREEN', parameter_format: 'POSITIONAL',
  rejected_reason: null, variables: [], updated_at: 0, message_send_ttl_seconds: null, uses: { last_30_days: 0, last_at: null, waiting: 0 }, used_by: [], components: components as TemplateComponent[], ...more,
})

describe('a draft', () => {
  it('comes back as the components it was made of', () => {
    const parts = [
      { type: 'HEADER', format: 'TEXT', text: 'Order {{1}}', example: { header_text: ['7'] } },
      { type: 'BODY', text: 'Hi {{1}}, {{2}} is here.', example: { body_text: [['Ana', 'it']] } },
      { type: 'FOOTER', text: 'Bye' },
      {
        type: 'BUTTONS',
        buttons: [
          { type: 'URL', text: 'Track', url: 'https://x.example/{{1}}', example: ['https://x.example/1'] },
          { type: 'QUICK_REPLY', text: 'Help' },
          { type: 'PHONE_NUMBER', text: 'Call', phone_number: '+1650' },
          { type: 'COPY_CODE', example: 'SAVE' },
          { type: 'FLOW', text: 'Book', flow_id: '9', flow_action: 'navigate' },
        ],
      },
    ]
    expect(toComponents(fromTemplate(template(parts))).components).toEqual(parts)
  })
  it('keeps named samples and parts it does not draw', () => {
    const named = { type: 'BODY', text: 'Hi {{name}}!', example: { body_text_named_params: [{ param_name: 'name', example: 'Ana' }] } }
    const carousel = { type: 'CAROUSEL', cards: [] }
    const made = toComponents(fromTemplate(template([named, carousel], { parameter_format: 'NAMED' })))
    expect(made.components).toEqual([named, carousel])
    expect(made.places).toEqual(['body', 'rest'])
  })
  it('writes authentication in its own form', () => {
    const parts = [{ type: 'BODY', text: 'x', add_security_recommendation: true }, { type: 'FOOTER', text: 'y', code_expiration_minutes: 5 }, { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE', text: 'Copy' }] }]
    expect(toComponents(fromTemplate(template(parts, { category: 'AUTHENTICATION' }))).components).toEqual([
      { type: 'BODY', add_security_recommendation: true },
      { type: 'FOOTER', code_expiration_minutes: 5 },
      { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE', text: 'Copy' }] },
    ])
  })
  it('finds the field of a problem', () => {
    const draft = { ...emptyDraft('en'), header: { kind: 'IMAGE' as const, text: '', mediaId: '', fileName: '', handle: '' }, body: 'x', buttons: [newButton('URL')] }
    const { places } = toComponents(draft)
    const problem = (path: string): TemplateProblem => ({ code: 'required', path, limit: null, actual: null, value: null, detail: '' })
    const found = byField(['name', 'components.0.example', 'components.2.buttons.0.url', 'components.2.buttons.0.url'].map(problem), places)
    expect([...found.keys()]).toEqual(['name', 'header.example', 'buttons.buttons.0.url'])
  })
  it('names the next variable', () => {
    expect(nextHole('Hi {{1}}', 'POSITIONAL')).toBe('{{2}}')
    expect(nextHole('', 'NAMED')).toBe('{{name}}')
    expect(nextHole('{{name}} {{value_2}}', 'NAMED')).toBe('{{value_3}}')
    expect(holes('{{1}} {{ 2 }} {{1}}')).toEqual(['1', '2'])
    expect(withExamples('{{1}} and {{2}}', { 1: 'Ana' })).toBe('Ana and {{2}}')
  })
})

describe('a carousel', () => {
  const card = (text: string) => ({
    components: [
      { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['4::a'] } },
      { type: 'BODY', text, example: { body_text: [['Ana']] } },
      { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'More' }, { type: 'URL', text: 'Buy', url: 'https://x.example' }] },
    ],
  })
  it('comes back as the cards it was made of, without heading, footer and buttons of its own', () => {
    const parts = [{ type: 'BODY', text: 'Look' }, { type: 'CAROUSEL', cards: [card('Hi {{1}}!'), card('Ho {{1}}!')] }]
    const draft = fromTemplate(template(parts, { category: 'MARKETING' }))
    expect(draft.rest).toEqual([])
    expect(toComponents({ ...draft, footer: 'no', buttons: [newButton('URL')] }).components).toEqual(parts)
  })
  it('stays as it is when it has parts the editor does not draw', () => {
    const products = { type: 'CAROUSEL', cards: [{ components: [{ type: 'HEADER', format: 'PRODUCT' }] }] }
    const draft = fromTemplate(template([{ type: 'BODY', text: 'Look' }, products]))
    expect(draft.carousel).toBeNull()
    expect(draft.rest).toEqual([products])
  })
  it('has a text on all cards as soon as one has, and every card the buttons of the first', () => {
    const carousel = newCarousel()
    if (!carousel) throw new Error('a carousel')
    const types = (one: object) => (one as { cards: { components: { type: string }[] }[] }).cards.map((inner) => inner.components.map(({ type }) => type))
    const made = (draft: ReturnType<typeof emptyDraft>) => types(toComponents(draft).components[1] ?? {})
    expect(made({ ...emptyDraft('en'), carousel })).toEqual([['HEADER', 'BUTTONS'], ['HEADER', 'BUTTONS']])
    const [first, second] = carousel.cards
    if (!first || !second) throw new Error('two cards')
    expect(made({ ...emptyDraft('en'), carousel: { ...carousel, cards: [first, { ...second, body: 'x' }] } })).toEqual([['HEADER', 'BODY', 'BUTTONS'], ['HEADER', 'BODY', 'BUTTONS']])
    expect(newCard(first).buttons.map(({ type }) => type)).toEqual(['QUICK_REPLY'])
  })
  it('shows a problem at its card and part', () => {
    const carousel = newCarousel()
    const problem = (path: string): TemplateProblem => ({ code: 'too_long', path, limit: 1, actual: 2, value: null, detail: '' })
    const found = byField([problem('components.1.cards.1.components.1.buttons.0.text'), problem('components.1.cards.0'), problem('components.1.cards')], ['body', 'carousel'], carousel)
    expect([...found.keys()]).toEqual(['cards.1.buttons.buttons.0.text', 'cards.0', 'carousel.cards'])
  })
})
