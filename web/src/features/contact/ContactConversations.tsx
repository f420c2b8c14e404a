import { Link } from '@tanstack/react-router'
import { Merge } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Conversation } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { askMerge } from '@/features/thread/parting'
import { IconButton } from '@/ui/IconButton'
import { When } from '@/ui/When'

/** A person's conversations, newest first; beside the one that is open, others of its channel can become one with it. */
export function ContactConversations({ conversations, current }: { conversations: Conversation[]; current?: string }) {
  const { t } = useTranslation()
  const may = useMe().permissions.includes('inbox.write')
  const open = conversations.find((conversation) => conversation.id === current)
  if (conversations.length === 0) return <p className="text-sm text-muted">{t('contact.no_conversations')}</p>
  return (
    <ul className="-mx-2 flex flex-col">
      {conversations.map((conversation) => (
        <li key={conversation.id} className="flex items-center">
          <Link
            to="/inbox/$conversationId"
            params={{ conversationId: conversation.id }}
            aria-current={conversation.id === current ? 'true' : undefined}
            className="hit focus-inset flex min-w-0 grow items-center gap-2 rounded-md px-2 py-1 text-sm hover:bg-hover"
          >
            <span className="shrink-0 text-xs text-muted">{t(`inbox.status.${conversation.status}`)}</span>
            <bdi dir="auto" className="min-w-0 grow truncate text-strong">{conversation.last_message?.preview}</bdi>
            {conversation.last_message_at !== null && <When at={conversation.last_message_at} className="shrink-0 text-xs text-faint" />}
          </Link>
          {may && open && open !== conversation && open.channel.id === conversation.channel.id && (
            <IconButton label={t('contact.merge_with')} icon={Merge} onPress={() => askMerge(open.id, conversation.id)} />
          )}
        </li>
      ))}
    </ul>
  )
}
