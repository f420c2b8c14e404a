import { beforeAll, describe as group, expect, it } from 'vitest'
import i18next from 'i18next'
import { changes, describe, sections } from './describe'
import type { Definition } from './model'

const names = new Map([['7', 'Sales']])
const rule: Definition = {
  name: 'Price',
  teams: ['7'],
  when: [{ on: 'keyword', words: ['price', 'cost'] }],
  if: { type: 'all', of: [{ type: 'field', field: 'contact.tags', is: 'has_not', value: 'wholesale' }, { type: 'count', of: 'said', words: ['price'], minutes: 60, is: 'more_than', value: 1 }] },
  do: JSON.parse('[{ "do": "send_text", "body": "Hello" }, { "do": "branch", "if": { "type": "time", "from": "09:00", "to": "18:00" }, "then": [{ "do": "assign_team", "team_id": "7" }], "else": [{ "do": "stop" }] }]') as Definition['do'],
}
const plain = (text: string) => text.replace(/[\u2068\u2069]/g, '').replace(/\u00a0/g, '.')

group('a rule in words', () => {
  beforeAll(async () => {
    const [early, pages] = await Promise.all([import('@/i18n/en.json'), import('@/i18n/en.pages.json')])
    await i18next.init({ lng: 'en', resources: { en: { translation: { ...early.default, ...pages.default } } } })
  })
  it('says everything that the form says, with names for ids', () => {
    const said = describe(rule, { t: i18next.t, names })
    expect(said.about.map(plain)).toContain('Only for these teams: Sales')
    expect(said.when.map(plain)).toEqual(['The customer writes a word – Words: price, cost'])
    expect(said.if.map(plain)).toEqual([
      'All of these',
      '..Contact: tags does not have wholesale',
      '..Messages in which the customer says a word (price) is more than 1, Within the last minutes 60',
    ])
    expect(said.steps.map(plain)).toEqual(['Send a text – Text: Hello', 'One way or the other', '..If', '....Time of day 09:00–18:00', '..Then', '....Give to a team – Team: Sales', '..Otherwise', '....Stop here'])
  })
  it('tells what is gone and what is new, and nothing else', () => {
    const other: Definition = { ...rule, name: 'Prices', do: [{ do: 'note', body: 'x' }, ...rule.do] }
    const [before, after] = [rule, other].map((one) => describe(one, { t: i18next.t, names }))
    const told = sections.flatMap((name) => changes(before?.[name] ?? [], after?.[name] ?? []).map((change) => `${change.kind} ${plain(change.text)}`))
    expect(told).toEqual(['gone Name: Price', 'new Name: Prices', 'new Write a private note – Text: x'])
    expect(changes(['a', 'b', 'c'], ['b', 'a', 'c'])).toHaveLength(2)
    expect(changes(['a'], ['a'])).toEqual([])
  })
})
