// Moments that people mean when they say "later", in their own clock.

export interface LaterTime {
  name: 'hour' | 'evening' | 'tomorrow' | 'afternoon' | 'monday'
  at: number
}

function on(now: number, days: number, hours: number): number {
  const date = new Date(now)
  date.setDate(date.getDate() + days)
  date.setHours(hours, 0, 0, 0)
  return date.getTime()
}

/** In an hour, this evening, tomorrow morning and afternoon, next Monday; only what still lies ahead, soonest first. */
export function laterTimes(now: number): LaterTime[] {
  const monday = (8 - new Date(now).getDay()) % 7 || 7
  const all: LaterTime[] = [
    { name: 'hour', at: now + 3_600_000 },
    { name: 'evening', at: on(now, 0, 18) },
    { name: 'tomorrow', at: on(now, 1, 9) },
    { name: 'afternoon', at: on(now, 1, 14) },
    { name: 'monday', at: on(now, monday, 9) },
  ]
  return all
    .filter((time) => time.at >= now + 30 * 60_000 && !(time.name === 'monday' && monday === 1))
    .sort((one, other) => one.at - other.at)
}

/** A moment as a date field shows it, in this computer's clock. */
export function fieldValue(at: number): string {
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`
}
