import { useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import { useTranslation } from '@/i18n/useTranslation'
import { Button } from '@/ui/Button'
import { Empty } from '@/ui/Empty'
import { errorText } from '@/ui/errors'

/** A page that could not be shown; nothing typed is lost, because drafts and the outbox are kept. */
export function BrokenPage({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation()
  const router = useRouter()
  return (
    <main className="grid h-full place-items-center">
      <Empty title={t('error.page_title')} text={errorText(error, t)}>
        <Button
          look="primary"
          onPress={() => {
            reset()
            void router.invalidate()
          }}
        >
          {t('common.try_again')}
        </Button>
      </Empty>
    </main>
  )
}
