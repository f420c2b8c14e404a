import { useTranslation } from '@/i18n/useTranslation'
import { isolated } from '@/i18n/direction'
import { looking, typing } from '@/live/presence'
import { useStore } from '@/live/store'

/** Warns before two people answer the same customer. */
export function TypingLine({ conversation }: { conversation: string }) {
  const { t } = useTranslation()
  const here = useStore(typing).filter((entry) => entry.conversation_id === conversation)
  const [first] = here
  const others = useStore(looking).filter((entry) => entry.conversation_id === conversation && entry.user_id !== first?.user_id)
  return (
    <p role="status" className="min-h-0 px-5 text-xs text-muted">
      {first && <span>{t(`typing.${first.state}`, { name: isolated(first.name) })}</span>}
      {first && others.length > 0 && <span aria-hidden> · </span>}
      {others.length > 0 && <span>{t('typing.looking', { names: others.map((entry) => isolated(entry.name)).join(t('common.list_separator')), count: others.length })}</span>}
    </p>
  )
}
