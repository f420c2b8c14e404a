import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Conversation } from '@/api/types'
import { When } from '@/ui/When'

/** A person's conversations, newest first. */
export function ContactConversations({ conversations, current }: { conversations: Conversation[]; current?: string }) {
  const { t } = useTranslation()
  if (conversations.length === 0) return <p className="text-sm text-muted">{t('contact.no_conversations')}</p>
  return (
    <ul className="-mx-2 flex flex-col">
      {conversations.map((conversation) => (
        <li key={conversation.id}>
          <Link
            to="/inbox/$conversationId"
            params={{ conversationId: conversation.id }}
            aria-current={conversation.id === current ? 'true' : undefined}
            className="hit focus-inset flex items-center gap-2 rounded-md px-2 py-1 text-sm hover:bg-hover"
          >
            <span className="shrink-0 text-xs text-muted">{t(`inbox.status.${conversation.status}`)}</span>
            <bdi dir="auto" className="min-w-0 grow truncate text-strong">{conversation.last_message?.preview}</bdi>
            {conversation.last_message_at !== null && <When at={conversation.last_message_at} className="shrink-0 text-xs text-faint" />}
          </Link>
        </li>
      ))}
    </ul>
  )
}
