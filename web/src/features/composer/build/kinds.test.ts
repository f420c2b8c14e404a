import { expect, it } from 'vitest'
import { kinds, offered } from './kinds'

it.each([
  ['everything where nothing is lacking', [], [...kinds]],
  ['what Twilio carries', ['reaction', 'contacts', ...kinds.filter((kind) => !['button', 'list', 'cta_url', 'location', 'contacts'].includes(kind)).map((kind) => `interactive/${kind}`)], ['button', 'list', 'cta_url', 'location']],
  ['kinds by their whole name', ['list', 'interactive/location', 'interactive/contacts'], [...kinds]],
])('offers %s', (_, lacking, wanted) => expect(offered(lacking)).toEqual(wanted))
