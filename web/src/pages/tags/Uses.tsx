import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/i18n/useTranslation'
import { tagUsesQuery } from '@/features/tag/api'
import { useFormats } from '@/i18n/format'
import { Answered } from '@/ui/Answered'

/** Where a tag is used, told before it goes. */
export function Uses({ id }: { id: string }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const query = useQuery(tagUsesQuery(id))
  return (
    <Answered query={query}>
      {(uses) => (
        <ul aria-label={t('tag.uses')} className="text-sm">
          {(['contacts', 'campaigns', 'views', 'macros'] as const).map((what) => (
            <li key={what} className="flex justify-between gap-3 border-b border-line py-1.5 last:border-b-0">
              <span>{t(`tag.used.${what}`)}</span>
              <span className="font-semibold text-strong tabular-nums">{formats.number(uses[what])}</span>
            </li>
          ))}
        </ul>
      )}
    </Answered>
  )
}
