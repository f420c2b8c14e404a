import { useTranslation } from '@/i18n/useTranslation'
import type { Message } from '@/api/types'

interface Props {
  quote: NonNullable<Message['reply_to']>
  name: string
}

/** The message this one answers; a press goes there. */
export function ReplyQuote({ quote, name }: Props) {
  const { t } = useTranslation()
  return (
    <button
      type="button"
      onClick={() => document.getElementById(`message-${quote.id}`)?.scrollIntoView({ block: 'center', behavior: 'smooth' })}
      className="mb-1 block w-full cursor-default border-s-2 border-accent ps-2 text-start text-sm text-muted hover:text-ink"
    >
      <span className="block font-semibold"><bdi dir="auto">{quote.direction === 'in' ? name : t('thread.us')}</bdi></span>
      <bdi dir="auto" className="line-clamp-2 wrap-anywhere">{quote.preview}</bdi>
    </button>
  )
}
