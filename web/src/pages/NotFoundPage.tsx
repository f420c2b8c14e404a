import { useTranslation } from '@/i18n/useTranslation'
import { NotHere } from '@/ui/NotHere'

/** An address that leads nowhere. */
export function NotFoundPage() {
  const { t } = useTranslation()
  return <NotHere to="/inbox" label={t('action.go_inbox')} />
}
