// Dates, numbers and durations in the reader's language. Intl objects are costly to make, so they are kept.
import { useMemo } from 'react'
import { useTranslation } from '@/i18n/useTranslation'

const kept = new Map<string, unknown>()

function keep<T>(name: string, make: () => T): T {
  let value = kept.get(name) as T | undefined
  if (value === undefined) {
    value = make()
    kept.set(name, value)
  }
  return value
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

export interface Formats {
  time(at: number): string
  dayName(at: number, now: number): string
  /** Relative below a day, then the date: what a list shows. */
  short(at: number, now: number): string
  exact(at: number): string
  date(at: number): string
  /** Day, month and time: a moment among a check's values. */
  moment(at: number): string
  number(value: number): string
  percent(value: number): string
  /** "3 h", "42 min": the larger unit only, never rounded up past the truth. */
  span(ms: number): string
  days(value: number): string
  bytes(value: number): string
  money(minor: number, currency: string): string
  language(code: string): string
  country(code: string): string
}

export function formats(locale: string): Formats {
  const dateTime = (name: string, options: Intl.DateTimeFormatOptions) =>
    keep(`${locale}:d:${name}`, () => new Intl.DateTimeFormat(locale, options))
  const number = (name: string, options: Intl.NumberFormatOptions) => keep(`${locale}:n:${name}`, () => new Intl.NumberFormat(locale, options))
  const relative = keep(`${locale}:r`, () => new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'narrow' }))
  const unit = (value: number, name: string) => number(`u:${name}`, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: 0 }).format(value)
  const time = (at: number) => dateTime('time', { hour: '2-digit', minute: '2-digit' }).format(at)
  const date = (at: number) => dateTime('date', { day: 'numeric', month: 'short', year: 'numeric' }).format(at)
  const named = (kind: 'language' | 'region', code: string) => {
    try {
      return keep(`${locale}:names:${kind}`, () => new Intl.DisplayNames(locale, { type: kind })).of(code.replace('_', '-')) ?? code
    } catch {
      // Providers send codes that are no language tags ("zxx_1"); the code itself is still honest.
      return code
    }
  }
  return {
    time,
    date,
    moment: (at) => dateTime('moment', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }).format(at),
    exact: (at) => dateTime('exact', { dateStyle: 'full', timeStyle: 'medium' }).format(at),
    dayName: (at, now) => {
      const days = Math.round((startOfDay(at) - startOfDay(now)) / day)
      if (days === 0 || days === -1) return keep(`${locale}:rd`, () => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })).format(days, 'day')
      if (days > -7 && days < 0) return dateTime('weekday', { weekday: 'long' }).format(at)
      return dateTime('day', { weekday: 'short', day: 'numeric', month: 'long', year: new Date(at).getFullYear() === new Date(now).getFullYear() ? undefined : 'numeric' }).format(at)
    },
    short: (at, now) => {
      const past = now - at
      if (past < minute) return relative.format(0, 'second')
      if (past < hour) return unit(Math.floor(past / minute), 'minute')
      if (past < day) return unit(Math.floor(past / hour), 'hour')
      if (past < 6 * day) return dateTime('wd', { weekday: 'short' }).format(at)
      return dateTime('dm', { day: 'numeric', month: 'short' }).format(at)
    },
    number: (value) => number('plain', {}).format(value),
    percent: (value) => number('pc', { style: 'percent', maximumFractionDigits: 1 }).format(value),
    span: (ms) => {
      if (ms < minute) return unit(Math.max(0, Math.floor(ms / 1000)), 'second')
      if (ms < hour) return unit(Math.floor(ms / minute), 'minute')
      if (ms < 2 * day) return unit(Math.floor(ms / hour), 'hour')
      return unit(Math.floor(ms / day), 'day')
    },
    days: (value) => unit(value, 'day'),
    bytes: (value) => {
      // The short form of a byte has no plural in English.
      if (value < 1000) return number('u:bytes', { style: 'unit', unit: 'byte', unitDisplay: 'long', maximumFractionDigits: 0 }).format(value)
      if (value < 1_000_000) return unit(value / 1000, 'kilobyte')
      return number('mb', { style: 'unit', unit: 'megabyte', maximumFractionDigits: 1 }).format(value / 1_000_000)
    },
    money: (minor, currency) => {
      try {
        const format = number(`c:${currency}`, { style: 'currency', currency })
        return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
      } catch {
        return `${minor / 100} ${currency}`
      }
    },
    language: (code) => named('language', code),
    country: (code) => named('region', code),
  }
}

function startOfDay(at: number): number {
  const date = new Date(at)
  // Noon keeps the difference of two days whole across clock changes.
  return new Date(date.getFullYear(), date.getMonth(), date.getDate(), 12).getTime()
}

/** Formats of the language on screen. */
export function useFormats(): Formats {
  const { i18n } = useTranslation()
  return useMemo(() => formats(i18n.language), [i18n.language])
}
