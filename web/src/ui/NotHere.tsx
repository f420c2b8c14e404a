import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from '@/i18n/useTranslation'
import { ApiError } from '@/api/client'
import { Button } from './Button'
import { Empty } from './Empty'
import { ErrorNote } from './ErrorNote'

interface Way {
  /** Where its like are. */
  to: '/campaigns' | '/channels' | '/connections' | '/connections/webhooks' | '/contacts' | '/inbox' | '/templates'
  label: string
}

/** Instead of something that is gone or never was: that, and the way to where its like are. */
export function NotHere({ to, label }: Way) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  return (
    <main className="grid h-full place-items-center">
      <Empty title={t('error.not_found')}>
        <Button look="primary" onPress={() => void navigate({ to })}>{label}</Button>
      </Empty>
    </main>
  )
}

/** Instead of a page whose request failed: why, and a way to try again; of what is gone there is nothing to try. */
export function PageError({ error, onRetry, ...way }: Way & { error: unknown; onRetry: () => void }) {
  if (error instanceof ApiError && error.status === 404) return <NotHere {...way} />
  return <main className="p-6"><ErrorNote error={error} onRetry={onRetry} /></main>
}
