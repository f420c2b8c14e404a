// When a campaign begins, as somebody is choosing it: that it is for later is known before the moment is.

/** At once, or at a moment as the field of the browser has it, by this computer's clock; empty while it is incomplete. */
export interface When {
  later: boolean
  value: string
}

/** A moment as the field of the browser has it. */
export function typed(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 16)
}

/** At this moment, or at once when there is none. */
export const planned = (at: number | null): When => ({ later: at !== null, value: at === null ? '' : typed(at) })

/** The moment, in milliseconds; null = at once. Ask only for what is ready: an incomplete moment is none. */
export const moment = ({ later, value }: When): number | null => (later ? new Date(value).getTime() : null)

/** Whether it can be begun so: at once, or at a complete moment that lies ahead. Half a moment is never "at once". */
export const isReady = (when: When, now: number): boolean => !when.later || (moment(when) ?? NaN) > now
