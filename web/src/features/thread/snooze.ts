export interface SnoozeTime {
  name: 'later' | 'tomorrow' | 'next_week'
  at: number
}

/** Times people mean: in three hours, tomorrow at nine, next Monday at nine - in their own clock. */
export function snoozeTimes(now: number): SnoozeTime[] {
  const tomorrow = new Date(now)
  tomorrow.setDate(tomorrow.getDate() + 1)
  tomorrow.setHours(9, 0, 0, 0)
  const monday = new Date(now)
  monday.setDate(monday.getDate() + ((8 - monday.getDay()) % 7 || 7))
  monday.setHours(9, 0, 0, 0)
  return [
    { name: 'later', at: now + 3 * 3_600_000 },
    { name: 'tomorrow', at: tomorrow.getTime() },
    { name: 'next_week', at: monday.getTime() },
  ]
}
