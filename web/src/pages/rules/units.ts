// Milliseconds as people write them: a number and a unit.
export type Unit = 'seconds' | 'minutes' | 'hours' | 'days'

export const sizes: Record<Unit, number> = { seconds: 1_000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 }
const largestFirst = ['days', 'hours', 'minutes', 'seconds'] as const

/** The largest unit that gives a whole number; a single day stays 24 hours, as the rules speak of it. */
export function unitOf(ms: number): Unit {
  return largestFirst.find((unit) => ms > 0 && ms % sizes[unit] === 0 && !(unit === 'days' && ms < 2 * sizes.days)) ?? (ms === 0 ? 'hours' : 'seconds')
}

/** A minute of the day as a time field writes it: "14:05". */
export function toTime(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}

/** The minute of the day of "14:05"; null for anything else. */
export function fromTime(text: string): number | null {
  const hit = /^(\d{1,2}):(\d{2})/.exec(text)
  if (!hit) return null
  const minute = Number(hit[1]) * 60 + Number(hit[2])
  return minute < 1440 ? minute : null
}

/** Words of a list, one a line or separated by commas of any script. */
export function toWords(text: string): string[] {
  return [...new Set(text.split(/[\n,،、，;؛]+/).map((word) => word.trim()).filter(Boolean))]
}
