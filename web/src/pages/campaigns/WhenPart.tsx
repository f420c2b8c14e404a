import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Segmented } from '@/ui/Segmented'

/** A moment that was chosen, in milliseconds; null = now. */
export function moment(value: string): number | null {
  const at = new Date(value).getTime()
  return value === '' || Number.isNaN(at) ? null : at
}

/** A moment as the field of the browser has it, by this computer's clock. */
export function typed(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 16)
}

/** Now, or at a moment. */
export function WhenPart({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation()
  const [later, setLater] = useState(value !== '')
  return (
    <div className="flex flex-col gap-3">
      <div>
        <Segmented
          label={t('campaigns.when')}
          value={later ? 'later' : 'now'}
          options={(['now', 'later'] as const).map((id) => ({ id, label: t(`campaigns.when_of.${id}`) }))}
          onChange={(next) => {
            setLater(next === 'later')
            if (next === 'now') onChange('')
          }}
        />
      </div>
      {later && (
        <label className="flex max-w-72 flex-col gap-1 text-sm font-semibold">
          {t('campaigns.moment')}
          <input type="datetime-local" className="field font-normal" value={value} onChange={(event) => onChange(event.target.value)} />
        </label>
      )}
    </div>
  )
}
