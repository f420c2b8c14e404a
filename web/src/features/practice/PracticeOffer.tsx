import { Link } from '@tanstack/react-router'
import { GraduationCap } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { useMe } from '@/features/frame/useMe'

/** The way to practice, where there is nothing real to work with yet. */
export function PracticeOffer() {
  const { t } = useTranslation()
  const me = useMe()
  if (me.practice || !me.permissions.includes('inbox.write')) return null
  return (
    <p className="flex items-start gap-2 text-sm text-muted">
      <GraduationCap size={16} aria-hidden className="mt-0.5 shrink-0" />
      <span>{t('practice.offer')} <Link to="/practice" className="inline-block py-0.5 text-accent-ink underline underline-offset-2 max-md:py-3">{t('action.go_practice')}</Link></span>
    </p>
  )
}
