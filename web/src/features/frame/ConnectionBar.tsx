import { WifiOff } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { useFormats } from '@/i18n/format'
import { connection } from '@/live/connection'
import { outbox } from '@/live/outbox'
import { useStore } from '@/live/store'

const patience = 3_000

/** A slim bar when the server has been out of reach for three seconds: since when, and what waits. Writing goes on. */
export function ConnectionBar() {
  const { t } = useTranslation()
  const formats = useFormats()
  const { state, since } = useStore(connection)
  const waiting = useStore(outbox).filter((entry) => entry.state === 'waiting').length
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (state !== 'lost') return
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [state, since])
  const shown = state === 'lost' && now - since >= patience
  return (
    <div role="status">
      {shown && (
        <p className="flex min-h-8 items-center justify-center gap-2 bg-caution-soft px-3 py-1 text-sm text-caution-ink">
          <WifiOff size={14} aria-hidden className="shrink-0" />
          <span>
            {t('connection.lost', { span: formats.span(now - since) })}
            {waiting > 0 && ` ${t('connection.waiting', { count: waiting })}`}
          </span>
        </p>
      )}
    </div>
  )
}
