import { queryOptions, type QueryClient } from '@tanstack/react-query'
import { get, patch } from '@/api/client'
import { keys } from '@/api/keys'
import type { Contact, Tag, TagUses } from '@/api/types'
import { putContact } from '@/live/cache'

/** Every tag, those that are no longer offered too; there are some hundred at most. */
export const tagsQuery = queryOptions({ queryKey: keys.tags, queryFn: ({ signal }) => get<Tag[]>('/tags', { archived: true }, signal), staleTime: 60_000 })
export const tagUsesQuery = (id: string) => queryOptions({ queryKey: keys.tagUses(id), queryFn: ({ signal }) => get<TagUses>(`/tags/${id}/uses`, undefined, signal), staleTime: 0 })

/** A name as tags are compared, near enough to tell whether one of this name is there; the server has the last word. */
export function sameName(one: string, other: string): boolean {
  const plain = (text: string) => text.normalize('NFKC').toLowerCase().trim().replace(/\s+/gu, ' ')
  return plain(one) === plain(other)
}

/** Gives a contact a tag or takes it away. */
export async function changeTags(client: QueryClient, contact: string, change: { add?: string[]; remove?: string[] }): Promise<void> {
  putContact(client, await patch<Contact>(`/contacts/${contact}`, { tags: change }))
}

/** The catalogue changed: so did whatever shows a tag's name or colour. */
export function freshTags(client: QueryClient): void {
  for (const queryKey of [keys.tags, keys.conversations, keys.contactsAll]) void client.invalidateQueries({ queryKey })
}
