import { useTranslation } from 'react-i18next'
import { typing } from '@/live/presence'
import { useStore } from '@/live/store'

/** Warns before two people answer the same customer. */
export function TypingLine({ conversation }: { conversation: string }) {
  const { t } = useTranslation()
  const here = useStore(typing).filter((entry) => entry.conversation_id === conversation)
  const [first] = here
  return (
    <p role="status" className="min-h-0 px-5 text-xs text-muted">
      {first && <bdi>{t(`typing.${first.state}`, { name: first.name })}</bdi>}
    </p>
  )
}
