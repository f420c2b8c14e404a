// A policy and working hours, each as a sentence.
import type { TFunction } from 'i18next'
import type { Team } from '@/api/types'
import type { Place, WorkHours } from '@/features/routing/api'
import { isolated } from '@/i18n/direction'
import { clock, runs, weekdays } from './hours'

export function placeText(place: Place, teams: readonly Team[], t: TFunction): string {
  const parts = [t(`routing.mode.${place.mode ?? 'inherited'}`)]
  if (place.mode && place.mode !== 'manual') {
    if (place.cap !== null) parts.push(t('routing.at_most', { count: place.cap }))
    if (place.crm_owner) parts.push(t('routing.owner_first'))
    const team = teams.find(({ id }) => id === place.team_id)
    if (team) parts.push(t('routing.only_team', { name: isolated(team.name) }))
  }
  if (place.skills.length > 0) parts.push(t('routing.has_skills', { skills: place.skills.map((skill) => isolated(skill)).join(t('common.list_separator')) }))
  return parts.join(' · ')
}

export function hoursText(hours: WorkHours, language: string, t: TFunction): string {
  const days = weekdays(language, 'short')
  const found = runs(hours).map(({ from, to, spans }) => {
    const when = from === to ? days[from] : `${days[from]}–${days[to]}`
    // Times stay left-to-right, also among Arabic words.
    const times = spans.map((span) => `\u2066${clock(span.from)}\u2060–\u2060${span.to === 1440 ? '24:00' : clock(span.to)}\u2069`)
    return `${when} ${times.join(t('common.list_separator'))}`
  })
  if (found.length === 0) return t('routing.hours.never')
  if (hours.holidays.length > 0) found.push(t('routing.hours.days_off', { count: hours.holidays.length }))
  return `${found.join(' · ')} (\u2066${hours.timezone}\u2069)`
}
