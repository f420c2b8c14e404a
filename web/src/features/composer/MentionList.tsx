import { useTranslation } from '@/i18n/useTranslation'
import { Avatar } from '@/ui/Avatar'
import { cx } from '@/ui/cx'
import type { Mentions } from './mentions'

export const mentionListId = 'mention-list'
export const mentionOptionId = (id: string) => `mention-${id}`

/** Names to choose from while "@" is typed; the keys stay in the text box. */
export function MentionList({ mentions }: { mentions: Mentions }) {
  const { t } = useTranslation()
  return (
    <div id={mentionListId} role="listbox" aria-label={t('mention.list')} className="appear mx-2 mt-2 flex max-h-64 flex-col overflow-auto rounded-lg border border-line bg-overlay p-1 shadow-overlay">
      {mentions.offered.map((user, index) => (
        <button
          key={user.id}
          id={mentionOptionId(user.id)}
          type="button"
          role="option"
          tabIndex={-1}
          aria-selected={index === mentions.active}
          // The box must not lose the focus.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => mentions.choose(user)}
          className={cx('hit flex shrink-0 cursor-default items-center gap-2 rounded-md px-2 text-start', index === mentions.active ? 'bg-hover text-strong' : 'text-ink')}
        >
          <Avatar name={user.name} size={22} />
          <bdi dir="auto" className="truncate">{user.name}</bdi>
        </button>
      ))}
    </div>
  )
}
