// A mention reaches whoever it names wherever they are in the app: a sentence, and a way there.
import type { QueryClient } from '@tanstack/react-query'
import i18next from 'i18next'
import { keys } from '@/api/keys'
import type { Conversation, Id, View } from '@/api/types'
import { isolated } from '@/i18n/direction'
import { toast } from '@/ui/toast'

let open: (conversation: Id, view: View) => void = () => undefined

/** How a conversation is opened from outside the page; the frame knows. */
export function openConversationsWith(way: typeof open): void {
  open = way
}

/** The customer in a sentence of ours. */
function aboutWhom(conversation: Conversation | undefined): string {
  const known = conversation?.contact.name ?? conversation?.contact.phone
  return known ? isolated(known) : i18next.t('mention.somebody')
}

/** A snoozed conversation of one's own is open again: it stands far down in the list, so it is said. */
export function tellAwake(client: QueryClient, fresh: Conversation, me: Id): void {
  const before = client.getQueryData<Conversation>(keys.conversation(fresh.id))
  if (before?.status !== 'snoozed' || fresh.status !== 'open' || fresh.assignee_id !== me) return
  const about = aboutWhom(fresh)
  toast(i18next.t('mention.awake', { about }), 'plain', { label: i18next.t('mention.open'), run: () => open(fresh.id, 'mine') })
}

/** Shows who said something to the person, about whom, unless they look at it already. */
export function tellMention(client: QueryClient, conversation: Id, name: string, why: string): void {
  if (window.location.pathname.endsWith(`/inbox/${conversation}`) && !document.hidden) return
  const known = client.getQueryData<Conversation>(keys.conversation(conversation))
  const words = { name: isolated(name), about: aboutWhom(known) }
  const text = why === 'added' ? i18next.t('mention.added', words) : why === 'noted' ? i18next.t('mention.noted', words) : i18next.t('mention.mentioned', words)
  toast(text, 'plain', { label: i18next.t('mention.open'), run: () => open(conversation, 'mentions') })
}
