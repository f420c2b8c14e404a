import { CalendarClock, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Switch } from '@/ui/Switch'
import { fieldValue, laterTimes } from './times'

/** The moment chosen for a message. */
export interface Planned {
  at: number
  /** The customer's own message cancels it. */
  cancel: boolean
}

interface Props {
  plan: Planned | null
  /** When the service window closes; null for a message that needs none (a template) or when it never opened. */
  windowEnds: number | null
  onChoose: (plan: Planned) => void
  onClose: () => void
}

/** Chooses when a message goes: the times people mean, or any other. */
export function PlanDialog({ plan, windowEnds, onChoose, onClose }: Props) {
  const { t } = useTranslation()
  const formats = useFormats()
  const [now] = useState(Date.now)
  const [at, setAt] = useState(plan?.at ?? now + 3_600_000)
  const [cancel, setCancel] = useState(plan?.cancel ?? false)
  const late = windowEnds !== null && at >= windowEnds
  const past = !(at > now)
  return (
    <Dialog title={t('plan.title')} isOpen onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (!past) onChoose({ at, cancel })
        }}
      >
        <ul aria-label={t('plan.times')} className="flex flex-col">
          {laterTimes(now).map((time) => (
            <li key={time.name}>
              <button type="button" onClick={() => onChoose({ at: time.at, cancel })} className="hit flex w-full cursor-default items-center justify-between gap-3 rounded-md px-2 text-start hover:bg-hover">
                <span>{t(`plan.time.${time.name}`)}</span>
                <span className="flex items-center gap-1.5 text-sm text-muted">
                  {windowEnds !== null && time.at >= windowEnds && <TriangleAlert size={14} role="img" aria-label={t('plan.late')} className="text-caution" />}
                  {formats.moment(time.at)}
                </span>
              </button>
            </li>
          ))}
        </ul>
        <label className="flex flex-col gap-1 border-t border-line pt-3 text-sm font-semibold">
          {t('plan.other')}
          <input type="datetime-local" className="field font-normal" min={fieldValue(now)} defaultValue={fieldValue(at)} onChange={(event) => setAt(new Date(event.target.value).getTime())} />
        </label>
        <Switch label={t('plan.cancel')} isSelected={cancel} onChange={setCancel} />
        {late && windowEnds !== null && (
          <p role="status" className="flex items-start gap-2 rounded-md bg-caution-soft px-2.5 py-2 text-sm text-caution-ink">
            <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0" />
            {t('plan.after_window', { time: formats.moment(windowEnds) })}
          </p>
        )}
        {past && <p role="alert" className="text-sm text-danger-ink">{t('plan.past')}</p>}
        <Button look="primary" type="submit" isDisabled={past}><CalendarClock size={15} aria-hidden />{past ? t('plan.choose') : t('plan.choose_at', { time: formats.moment(at) })}</Button>
      </form>
    </Dialog>
  )
}
