import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { put } from '@/api/client'
import type { Team } from '@/api/types'
import { routingKeys, type Mode, type Place } from '@/features/routing/api'
import { wholeNumber } from '@/i18n/digits'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { fieldError, isAtField } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { Select } from '@/ui/Select'
import { Switch } from '@/ui/Switch'
import { toast } from '@/ui/toast'
import { usualHours } from './hours'
import { HoursEditor } from './HoursEditor'

interface Props {
  place: Place
  name: string
  timezone: string
  teams: readonly Team[]
  onClose: () => void
}

const modes: Mode[] = ['manual', 'round_robin', 'load', 'skill']

/** How a team's, a channel's or everybody else's conversations are given out, and when people work there. */
export function PlaceDialog({ place, name, timezone, teams, onClose }: Props) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [mode, setMode] = useState<Mode | 'inherited'>(place.mode ?? (place.kind === 'workspace' ? 'manual' : 'inherited'))
  const [cap, setCap] = useState(place.cap === null ? '' : String(place.cap))
  const [owner, setOwner] = useState(place.crm_owner)
  const [team, setTeam] = useState(place.team_id ?? 'all')
  const [skills, setSkills] = useState(place.skills.join(', '))
  const [hours, setHours] = useState(place.hours)
  const most = wholeNumber(cap, 1000)
  const badCap = most === null && cap.trim() !== ''
  const automatic = mode !== 'manual' && mode !== 'inherited'
  const save = useMutation({
    mutationFn: () =>
      put<Place>(`/routing/places/${place.id}`, {
        mode: mode === 'inherited' ? null : mode,
        cap: most,
        crm_owner: owner,
        team_id: place.kind === 'team' || team === 'all' ? null : team,
        skills: place.kind === 'team' ? words(skills) : [],
        hours,
      }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: routingKeys.routing })
      toast(t('routing.saved'))
      onClose()
    },
  })
  return (
    <Dialog title={name} isOpen onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (!badCap) save.mutate()
        }}
      >
        <Select label={t('routing.mode_label')} value={mode} onChange={setMode} options={[...(place.kind === 'workspace' ? [] : (['inherited'] as const)), ...modes].map((id) => ({ id, label: t(`routing.mode.${id}`) }))} />
        {automatic && (
          <>
            <Field label={t('routing.cap')} hint={t('routing.cap_hint')} value={cap} onChange={setCap} inputMode="numeric" error={badCap ? t('routing.cap_wrong') : fieldError(save.error, 'cap')} ltr />
            <Switch label={t('routing.owner')} isSelected={owner} onChange={setOwner} />
            {place.kind !== 'team' && teams.length > 0 && (
              <Select label={t('routing.among')} value={team} onChange={setTeam} options={[{ id: 'all', label: t('routing.everybody') }, ...teams.map(({ id, name: label }) => ({ id, label }))]} />
            )}
          </>
        )}
        {place.kind === 'team' && <Field label={t('routing.team_skills')} hint={t('routing.skills_hint')} value={skills} onChange={setSkills} error={fieldError(save.error, 'skills')} />}
        <Switch label={t(place.kind === 'workspace' ? 'routing.hours.has' : 'routing.hours.own')} isSelected={hours !== null} onChange={(on) => setHours(on ? (place.hours ?? usualHours(timezone)) : null)} />
        {hours && <HoursEditor hours={hours} onChange={setHours} />}
        {save.isError && !isAtField(save.error, ['cap', 'skills']) && <ErrorNote error={save.error} />}
        <Button look="primary" type="submit" isDisabled={badCap || save.isPending}>{t('common.save')}</Button>
      </form>
    </Dialog>
  )
}

/** What was typed with commas between, Arabic and Chinese ones too. */
export function words(text: string): string[] {
  return text.split(/[,،、;]/).map((word) => word.trim()).filter(Boolean)
}
