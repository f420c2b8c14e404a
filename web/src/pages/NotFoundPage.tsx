import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Button } from '@/ui/Button'
import { Empty } from '@/ui/Empty'

/** An address that leads nowhere. */
export function NotFoundPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  return (
    <main className="grid h-full place-items-center">
      <Empty title={t('error.not_found')}>
        <Button look="primary" onPress={() => void navigate({ to: '/inbox' })}>{t('action.go_inbox')}</Button>
      </Empty>
    </main>
  )
}
