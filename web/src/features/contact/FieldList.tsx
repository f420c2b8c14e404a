import { useTranslation } from '@/i18n/useTranslation'
import { UserText } from '@/ui/UserText'
import { Definitions } from './DetailList'

/** Custom fields that have a value. */
export function FieldList({ fields }: { fields: Record<string, unknown> }) {
  const { t } = useTranslation()
  const rows = Object.entries(fields)
    // Tags have a place of their own.
    .filter(([key, value]) => key !== 'tags' && value !== null && value !== '')
    .map(([key, value]): [string, React.ReactNode] => [key.replaceAll('_', ' '), <UserText key={key}>{typeof value === 'string' ? value : JSON.stringify(value)}</UserText>])
  if (rows.length === 0) return <p className="text-sm text-muted">{t('contact.no_fields')}</p>
  return <Definitions rows={rows} />
}
