import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ArrowRight } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Id } from '@/api/types'
import { useFormats } from '@/i18n/format'
import { conflictCountsQuery } from '@/pages/conflicts/api'

/** The way to the differences, with how many wait: of one connection, or of all. */
export function ConflictsLink({ connectionId }: { connectionId?: Id }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { data } = useQuery(conflictCountsQuery)
  const mine = data?.fields.filter((field) => !connectionId || field.connection_id === connectionId) ?? []
  const open = mine.reduce((sum, field) => sum + field.open, 0)
  return (
    <Link to="/connections/conflicts" className="hit mt-4 inline-flex items-center gap-2 font-semibold text-accent-ink underline-offset-2 hover:underline">
      {t('conflict.title')}
      <span className="rounded-full bg-sunken px-2 text-xs text-muted tabular-nums">{t('conflict.waiting', { number: formats.number(open) })}</span>
      <ArrowRight size={14} aria-hidden className="mirror" />
    </Link>
  )
}
