import { AlarmClock } from 'lucide-react'
import { useState } from 'react'
import { ListBox, ListBoxItem } from 'react-aria-components'
import { useTranslation } from '@/i18n/useTranslation'
import { snoozeTimes } from '@/features/thread/snooze'
import { useFormats } from '@/i18n/format'
import { useNow } from '@/live/clock'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'

/** A moment as a date-and-time field takes it, on the person's own clock. */
function local(at: number): string {
  return new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

/** When a conversation comes back: the times people mean, or a date and time of one's own. */
export function SnoozeDialog({ onChoose, onClose }: { onChoose: (until: number) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const now = useNow()
  const [times] = useState(() => snoozeTimes(now))
  const [own, setOwn] = useState(() => local(times.find((time) => time.name === 'tomorrow')?.at ?? now))
  const chosen = new Date(own).getTime()
  const past = !(chosen > now)
  return (
    <Dialog title={t('work.snooze_until')} isOpen onClose={onClose}>
      <ListBox
        aria-label={t('work.snooze_until')}
        items={times.map((time) => ({ ...time, id: time.name }))}
        autoFocus="first"
        selectionMode="none"
        onAction={(key) => {
          const time = times.find((one) => one.name === key)
          if (time) onChoose(time.at)
        }}
        className="-mx-2 mb-4 outline-none"
      >
        {(time) => (
          <ListBoxItem id={time.name} textValue={t(`snooze.${time.name}`)} className="hit flex cursor-default items-center gap-3 rounded-md px-2 text-ink outline-none data-[focused]:bg-hover data-[focused]:text-strong">
            <AlarmClock size={16} strokeWidth={1.75} aria-hidden className="shrink-0 text-muted" />
            <span className="grow">{t(`snooze.${time.name}`)}</span>
            <span className="text-sm text-muted">{formats.moment(time.at)}</span>
          </ListBoxItem>
        )}
      </ListBox>
      <form
        className="flex flex-col gap-2 border-t border-line pt-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (!past) onChoose(chosen)
        }}
      >
        <label className="flex flex-col gap-1">
          <span className="text-sm font-semibold text-ink">{t('work.own_time')}</span>
          <input type="datetime-local" required value={own} min={local(now)} onChange={(event) => setOwn(event.target.value)} aria-invalid={past} aria-describedby="snooze-own" className="field" />
        </label>
        <p id="snooze-own" className="text-xs text-muted">{past ? t('work.not_past') : t('work.wakes_too')}</p>
        <Button look="primary" type="submit" isDisabled={past} className="self-end">{t('work.snooze')}</Button>
      </form>
    </Dialog>
  )
}
