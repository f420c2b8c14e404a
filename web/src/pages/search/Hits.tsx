import { Link } from '@tanstack/react-router'
import { NotebookPen } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import type { ContactHit, SearchHit } from '@/api/types'
import { kindIcons } from '@/features/inbox/kinds'
import { Avatar } from '@/ui/Avatar'
import { When } from '@/ui/When'
import { Highlighted } from './Highlighted'

const row = 'focus-inset -mx-2 flex min-h-11 items-start gap-3 rounded-md px-2 py-2.5 hover:bg-hover'

/** A message or note that was found; leads to its place in the thread. */
export function MessageRow({ hit }: { hit: SearchHit }) {
  const { t } = useTranslation()
  const name = hit.contact.name ?? t('contact.no_name')
  const isNote = hit.message.direction === 'note'
  const Icon = isNote ? NotebookPen : kindIcons[hit.message.kind]
  return (
    <li className="border-b border-line last:border-b-0">
      <Link to="/inbox/$conversationId" params={{ conversationId: hit.conversation_id }} search={{ m: hit.message.id, status: 'any' }} data-hit className={row}>
        <Avatar name={name} size={32} />
        <span className="min-w-0 grow">
          <span className="flex items-baseline justify-between gap-3">
            <bdi className="truncate font-semibold text-strong">{name}</bdi>
            <When at={hit.message.at} className="shrink-0 text-xs text-faint" />
          </span>
          <span className="line-clamp-3 text-muted">
            {Icon && <Icon size={14} aria-hidden className="me-1 inline-block align-[-2px]" />}
            {hit.message.direction !== 'in' && <span className="text-faint">{t(`search.by.${hit.message.direction}`)} </span>}
            <Highlighted text={hit.message.preview} ranges={hit.highlights} />
          </span>
        </span>
      </Link>
    </li>
  )
}

/** Numbers and codes stay left-to-right in every language. */
const numbers = new Set(['phone', 'wa_id', 'bsuid', 'parent_bsuid', 'email', 'username'])

/** A customer who was found; leads to their page. */
export function ContactRow({ hit }: { hit: ContactHit }) {
  const { t } = useTranslation()
  const { detail } = hit
  const name = hit.contact.name ?? t('contact.no_name')
  return (
    <li className="border-b border-line last:border-b-0">
      <Link to="/contacts/$contactId" params={{ contactId: hit.contact.id }} data-hit className={row}>
        <Avatar name={name} size={32} />
        <span className="min-w-0 grow">
          <span className="flex items-baseline justify-between gap-3">
            <span className="truncate font-semibold text-strong">{hit.contact.name ? <Highlighted text={name} ranges={hit.highlights} /> : name}</span>
            {hit.last_inbound_at !== null && <When at={hit.last_inbound_at} className="shrink-0 text-xs text-faint" />}
          </span>
          {detail && (
            <span className="block truncate text-muted">
              {!numbers.has(detail.kind) && <bdi className="text-faint">{detail.kind}: </bdi>}
              <span dir={numbers.has(detail.kind) ? 'ltr' : undefined} className="inline-block max-w-full truncate align-bottom"><Highlighted text={detail.value} ranges={detail.highlights} /></span>
            </span>
          )}
        </span>
      </Link>
    </li>
  )
}
