import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useDeferredValue, useEffect, useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { get } from '@/api/client'
import { keys } from '@/api/keys'
import type { SearchPage } from '@/api/types'

/** Something the palette found, and how to get there. */
export interface FoundItem {
  id: string
  title: string
  detail: string
  go: () => void
}

export interface FoundGroup {
  id: 'customers' | 'messages' | 'macros' | 'everywhere'
  items: FoundItem[]
}

const wait = 150
const most = 5

/** Customers and messages that meet what stands in the palette's field, and the way to all of them. */
export function useFound(text: string): FoundGroup[] {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const typed = text.trim()
  const [asked, setAsked] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setAsked(typed), wait)
    return () => clearTimeout(timer)
  }, [typed])
  const query = { q: asked, limit: most }
  const { data } = useQuery({
    queryKey: keys.search({ palette: asked }),
    queryFn: ({ signal }) => get<SearchPage>('/search', query, signal),
    enabled: asked.length > 1,
    staleTime: 10_000,
  })
  const page = useDeferredValue(asked.length > 1 && typed ? data : undefined)
  if (typed.length < 2) return []
  const name = (known: string | null) => known ?? t('contact.no_name')
  const customers = page?.contacts.items.map(({ contact, detail }) => ({
    id: `contact:${contact.id}`,
    title: name(contact.name),
    detail: detail?.value ?? '',
    go: () => void navigate({ to: '/contacts/$contactId', params: { contactId: contact.id } }),
  }))
  const said = page?.items.map(({ message, conversation_id, contact }) => ({
    id: `message:${message.id}`,
    title: name(contact.name),
    detail: message.preview,
    go: () => void navigate({ to: '/inbox/$conversationId', params: { conversationId: conversation_id }, search: { m: message.id, status: 'any' } }),
  }))
  const everywhere = { id: 'everywhere', title: t('palette.everywhere', { text: typed }), detail: '', go: () => void navigate({ to: '/search', search: { q: typed } }) }
  const groups: FoundGroup[] = [
    { id: 'customers', items: customers ?? [] },
    { id: 'messages', items: said ?? [] },
    { id: 'everywhere', items: [everywhere] },
  ]
  return groups.filter((group) => group.items.length > 0)
}
