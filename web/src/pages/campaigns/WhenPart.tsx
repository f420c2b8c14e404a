import { useTranslation } from '@/i18n/useTranslation'
import { Segmented } from '@/ui/Segmented'
import { useNow } from '@/live/clock'
import { isReady, typed, type When } from './when'

/** Now, or at a moment. */
export function WhenPart({ when, onChange }: { when: When; onChange: (when: When) => void }) {
  const { t } = useTranslation()
  const now = useNow()
  const wrong = when.later && when.value !== '' && !isReady(when, now)
  return (
    <div className="flex flex-col gap-3">
      <div>
        <Segmented
          label={t('campaigns.when')}
          value={when.later ? 'later' : 'now'}
          options={(['now', 'later'] as const).map((id) => ({ id, label: t(`campaigns.when_of.${id}`) }))}
          onChange={(next) => onChange({ ...when, later: next === 'later' })}
        />
      </div>
      {when.later && (
        <label className="flex max-w-72 flex-col gap-1 text-sm font-semibold">
          {t('campaigns.moment')}
          <input
            type="datetime-local"
            required
            min={typed(now)}
            className="field font-normal"
            value={when.value}
            aria-invalid={wrong}
            aria-describedby={wrong ? 'campaign-when' : undefined}
            onChange={(event) => onChange({ ...when, value: event.target.value })}
          />
        </label>
      )}
      {wrong && <p id="campaign-when" role="alert" className="text-sm text-danger-ink">{t('plan.past')}</p>}
    </div>
  )
}
