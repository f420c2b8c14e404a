// Working hours as forms have them.
import type { WorkHours, WorkSpan } from '@/features/routing/api'

/** Minutes after midnight as a field of the browser has them: 09:00. The end of the day is its beginning again. */
export function clock(minute: number): string {
  const within = minute % 1440
  return `${String(Math.floor(within / 60)).padStart(2, '0')}:${String(within % 60).padStart(2, '0')}`
}

/** Reads 09:00; as an end, midnight is the end of the day. Null when it is not a time. */
export function minutes(text: string, isEnd = false): number | null {
  const found = /^(\d{1,2}):(\d{2})$/.exec(text.trim())
  if (!found) return null
  const minute = Number(found[1]) * 60 + Number(found[2])
  if (Number(found[1]) > 23 || Number(found[2]) > 59) return null
  return isEnd && minute === 0 ? 1440 : minute
}

/** Monday to Friday, nine to six. */
export function usualHours(timezone: string): WorkHours {
  const day: WorkSpan[] = [{ from: 540, to: 1080 }]
  return { timezone, week: [day, day, day, day, day, [], []].map((spans) => spans.map((span) => ({ ...span }))), holidays: [] }
}

/** The days of the week in the reader's language, Monday first. */
export function weekdays(language: string, style: 'long' | 'short'): string[] {
  const format = new Intl.DateTimeFormat(language, { weekday: style, timeZone: 'UTC' })
  return Array.from({ length: 7 }, (_, day) => format.format(Date.UTC(2024, 0, 1 + day)))
}

export interface DayRun {
  from: number
  to: number
  spans: WorkSpan[]
}

/** Neighbouring days with the same hours, as one: Monday to Friday. Free days are left out. */
export function runs(hours: WorkHours): DayRun[] {
  const found: DayRun[] = []
  hours.week.forEach((spans, day) => {
    if (spans.length === 0) return
    const last = found.at(-1)
    if (last && last.to === day - 1 && JSON.stringify(last.spans) === JSON.stringify(spans)) last.to = day
    else found.push({ from: day, to: day, spans })
  })
  return found
}
