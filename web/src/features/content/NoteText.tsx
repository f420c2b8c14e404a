import { useQuery } from '@tanstack/react-query'
import { usersQuery } from '@/api/queries'
import type { Id } from '@/api/types'
import { Names } from './Names'
import { RichText } from './RichText'

/** A private note; the people it mentions stand out. */
export function NoteText({ body, mentions }: { body: string; mentions: readonly Id[] }) {
  const { data: users } = useQuery({ ...usersQuery, enabled: mentions.length > 0 })
  const names = mentions.flatMap((id) => users?.find((user) => user.id === id)?.name ?? [])
  return <Names value={names}><RichText text={body} /></Names>
}
