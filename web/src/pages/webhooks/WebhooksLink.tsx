import { Link } from '@tanstack/react-router'
import { ArrowRight } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'

/** The way to the webhooks. */
export function WebhooksLink() {
  const { t } = useTranslation()
  return (
    <p>
      <Link to="/connections/webhooks" className="hit mt-4 inline-flex items-center gap-2 font-semibold text-accent-ink underline-offset-2 hover:underline">
        {t('webhook.link')}
        <ArrowRight size={14} aria-hidden className="mirror" />
      </Link>
    </p>
  )
}
