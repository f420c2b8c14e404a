import { Plus, X } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import type { WorkHours, WorkSpan } from '@/features/routing/api'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { IconButton } from '@/ui/IconButton'
import { clock, minutes, weekdays } from './hours'

/** The week, day by day, and the days off. */
export function HoursEditor({ hours, onChange }: { hours: WorkHours; onChange: (hours: WorkHours) => void }) {
  const { t, i18n } = useTranslation()
  const days = weekdays(i18n.language, 'long')
  const setDay = (day: number, spans: WorkSpan[]) => onChange({ ...hours, week: hours.week.map((old, at) => (at === day ? spans : old)) })
  return (
    <div className="flex flex-col gap-4">
      <Field label={t('routing.hours.timezone')} hint={t('routing.hours.timezone_hint')} value={hours.timezone} onChange={(timezone) => onChange({ ...hours, timezone })} ltr />
      <ul aria-label={t('routing.hours.week')} className="flex flex-col">
        {hours.week.map((spans, day) => (
          <li key={day} className="flex flex-col gap-1 border-b border-line py-1.5 last:border-b-0">
            <div className="flex items-center gap-2">
              <span className="grow text-strong">{days[day]}{spans.length === 0 && <span className="ms-2 text-sm text-muted">{t('routing.hours.free')}</span>}</span>
              {spans.length < 3 && <IconButton label={t('routing.hours.add', { day: days[day] })} icon={Plus} onPress={() => setDay(day, [...spans, spans.length === 0 ? { from: 540, to: 1080 } : { from: 1140, to: 1320 }])} />}
            </div>
            {spans.map((span, at) => (
              <Stretch
                key={at}
                day={days[day] ?? ''}
                span={span}
                onChange={(next) => setDay(day, spans.map((old, place) => (place === at ? next : old)))}
                onDrop={() => setDay(day, spans.filter((_, place) => place !== at))}
              />
            ))}
          </li>
        ))}
      </ul>
      <Holidays hours={hours} onChange={onChange} />
    </div>
  )
}

function Stretch({ day, span, onChange, onDrop }: { day: string; span: WorkSpan; onChange: (span: WorkSpan) => void; onDrop: () => void }) {
  const { t } = useTranslation()
  const time = 'field w-32 tabular-nums'
  return (
    <span className="flex items-center gap-1.5 pb-1">
      <input type="time" aria-label={t('routing.hours.from', { day })} value={clock(span.from)} className={time} onChange={(event) => onChange({ ...span, from: minutes(event.target.value) ?? span.from })} />
      <span aria-hidden className="text-muted">–</span>
      <input type="time" aria-label={t('routing.hours.to', { day })} value={clock(span.to)} className={time} onChange={(event) => onChange({ ...span, to: minutes(event.target.value, true) ?? span.to })} />
      <span className="grow" />
      <IconButton label={t('routing.hours.remove', { day, time: clock(span.from) })} icon={X} onPress={onDrop} />
    </span>
  )
}

function Holidays({ hours, onChange }: { hours: WorkHours; onChange: (hours: WorkHours) => void }) {
  const { t } = useTranslation()
  const set = (holidays: WorkHours['holidays']) => onChange({ ...hours, holidays })
  return (
    <fieldset>
      <legend className="mb-1 text-sm font-semibold">{t('routing.hours.holidays')}</legend>
      <ul className="flex flex-col gap-1">
        {hours.holidays.map((holiday, at) => {
          const change = (part: Partial<typeof holiday>) => set(hours.holidays.map((old, place) => (place === at ? { ...old, ...part } : old)))
          return (
            <li key={at} className="flex items-center gap-1.5">
              <input type="date" aria-label={t('routing.hours.date')} value={holiday.date} className="field w-40" onChange={(event) => change({ date: event.target.value })} />
              <input aria-label={t('routing.hours.holiday_name')} placeholder={t('routing.hours.holiday_name')} value={holiday.name} dir="auto" className="field min-w-0 grow" onChange={(event) => change({ name: event.target.value })} />
              <IconButton label={t('routing.hours.remove_holiday', { date: holiday.date })} icon={X} onPress={() => set(hours.holidays.filter((_, place) => place !== at))} />
            </li>
          )
        })}
      </ul>
      <Button small look="quiet" className="mt-1" onPress={() => set([...hours.holidays, { date: new Date().toISOString().slice(0, 10), name: '' }])}><Plus size={14} aria-hidden />{t('routing.hours.add_holiday')}</Button>
    </fieldset>
  )
}
