import { useTranslation } from '@/i18n/useTranslation'
import { latinDigits } from '@/i18n/digits'
import { fieldError } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { Segmented } from '@/ui/Segmented'

export interface Codes {
  way: 'list' | 'generate'
  list: string
  count: string
  prefix: string
}

export const emptyCodes: Codes = { way: 'list', list: '', count: '100', prefix: '' }

/** What is sent of it. */
export function given({ way, list, count, prefix }: Codes): { list: string[] } | { generate: number; prefix: string } {
  if (way === 'list') return { list: list.split(/[\s,;]+/u).filter(Boolean) }
  return { generate: Number(latinDigits(count.trim())) || 0, prefix: prefix.trim() }
}

/** Codes of the shop, a line each, or so many to be made. */
export function CodesField({ codes, onChange, error }: { codes: Codes; onChange: (codes: Codes) => void; error: unknown }) {
  const { t } = useTranslation()
  return (
    <>
      <Segmented label={t('coupon.codes')} options={(['list', 'generate'] as const).map((id) => ({ id, label: t(`coupon.way.${id}`) }))} value={codes.way} onChange={(way) => onChange({ ...codes, way })} />
      {codes.way === 'list' ? (
        <Field label={t('coupon.list')} hint={t('coupon.list_hint')} rows={4} ltr value={codes.list} onChange={(list) => onChange({ ...codes, list })} error={fieldError(error, 'list')} />
      ) : (
        <>
          <div className="grid grid-cols-2 items-start gap-3">
            <Field label={t('coupon.count')} inputMode="numeric" ltr value={codes.count} onChange={(count) => onChange({ ...codes, count })} error={fieldError(error, 'generate')} />
            <Field label={t('coupon.prefix')} ltr placeholder="SPRING" maxLength={12} value={codes.prefix} onChange={(prefix) => onChange({ ...codes, prefix })} error={fieldError(error, 'prefix')} />
          </div>
          <p className="text-xs text-muted">{t('coupon.generate_hint')}</p>
        </>
      )}
    </>
  )
}
