import { QueryClient } from '@tanstack/react-query'
import { afterEach, describe, expect, it } from 'vitest'
import { keys } from '@/api/keys'
import { toasts } from '@/ui/toast'
import { tellAwake, tellMention } from './mention'

const told = () => toasts.get().map(({ text }) => text)

/** A client that knows the conversation `c`. */
function knowing(contact: { name: string | null; phone: string | null }, more: object = {}) {
  const client = new QueryClient()
  client.setQueryData(keys.conversation('c'), { id: 'c', contact, ...more })
  return client
}

describe('notices with names in them', () => {
  afterEach(() => toasts.set([]))

  it('keep every name and number in its own direction, so that who and whom stay in their places', () => {
    tellMention(knowing({ name: 'سارة', phone: null }), 'c', 'أحمد', 'mentioned')
    tellMention(knowing({ name: null, phone: '+971500000137' }), 'c', 'Ana', 'noted')
    tellMention(new QueryClient(), 'c', 'Ana', 'added')
    expect(told()).toEqual([
      '\u2068أحمد\u2069 mentioned you in a note about \u2068سارة\u2069',
      '\u2068Ana\u2069 wrote a note about \u2068+971500000137\u2069',
      '\u2068Ana\u2069 made you a collaborator for a customer',
    ])
  })

  it('say so of a conversation that is back from the snooze', () => {
    const contact = { name: 'سارة', phone: null }
    tellAwake(knowing(contact, { status: 'snoozed' }), { id: 'c', contact, status: 'open', assignee_id: 'me' } as never, 'me')
    expect(told()).toEqual(['\u2068سارة\u2069 is back from the snooze'])
  })
})
