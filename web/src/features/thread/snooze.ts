export interface SnoozeTime {
  name: 'later' | 'evening' | 'tomorrow' | 'next_week'
  at: number
}

const hour = 3_600_000

/** A day from today at an hour of one's own clock. */
function on(now: number, days: number, hours: number): number {
  const day = new Date(now)
  day.setDate(day.getDate() + days)
  day.setHours(hours, 0, 0, 0)
  return day.getTime()
}

/** Times people mean: in three hours, this evening, tomorrow at nine, next Monday at nine - in their own clock. The evening only while it is at least an hour away, Monday only where it is not tomorrow. */
export function snoozeTimes(now: number): SnoozeTime[] {
  const evening = on(now, 0, 18)
  const monday = (8 - new Date(now).getDay()) % 7 || 7
  return [
    { name: 'later', at: now + 3 * hour },
    ...(evening - now >= hour ? [{ name: 'evening' as const, at: evening }] : []),
    { name: 'tomorrow', at: on(now, 1, 9) },
    ...(monday > 1 ? [{ name: 'next_week' as const, at: on(now, monday, 9) }] : []),
  ]
}
