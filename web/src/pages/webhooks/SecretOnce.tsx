import { useTranslation } from '@/i18n/useTranslation'
import { Button } from '@/ui/Button'
import { Copy } from '@/ui/Copy'

/** A secret that is never shown again. */
export function SecretOnce({ secret, onDone }: { secret: string; onDone: () => void }) {
  const { t } = useTranslation()
  return (
    <div className="flex flex-col gap-4">
      <p className="rounded-lg bg-caution-soft p-3 text-caution-ink">{t('webhook.secret_once')}</p>
      <Copy label={t('webhook.secret')} value={secret} />
      <Button look="primary" onPress={onDone}>{t('token.done')}</Button>
    </div>
  )
}
