import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Pencil } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { put } from '@/api/client'
import { meQuery } from '@/api/queries'
import { agentsQuery, routingKeys, type Agent } from '@/features/routing/api'
import { wholeNumber } from '@/i18n/digits'
import { isolated } from '@/i18n/direction'
import { Avatar } from '@/ui/Avatar'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { fieldError, isAtField } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { IconButton } from '@/ui/IconButton'
import { Loading } from '@/ui/Loading'
import { Pill } from '@/ui/Pill'
import { Section } from '@/ui/Section'
import { Switch } from '@/ui/Switch'
import { toast } from '@/ui/toast'
import { UserText } from '@/ui/UserText'
import { usualHours } from './hours'
import { HoursEditor } from './HoursEditor'
import { words } from './PlaceDialog'

const tones = { online: 'positive', away: 'caution', offline: 'neutral' } as const

/** Who answers: whether they are there, what they have, what they can do. */
export function AgentSection({ may, timezone }: { may: boolean; timezone: string | null }) {
  const { t } = useTranslation()
  const query = useQuery(agentsQuery)
  const { data: me } = useQuery(meQuery)
  const [editing, setEditing] = useState<string | null>(null)
  const edited = query.data?.find((agent) => agent.user_id === editing)
  const facts = (agent: Agent) => {
    const parts = [agent.cap === null ? t('routing.open', { count: agent.open }) : t('routing.open_of', { open: agent.open, cap: agent.cap })]
    if (agent.skills.length > 0) parts.push(agent.skills.map((skill) => isolated(skill)).join(t('common.list_separator')))
    if (agent.shift) parts.push(t('routing.own_shift'))
    return parts.join(' · ')
  }
  return (
    <Section title={t('routing.agents')} hint={t('routing.agents_hint')}>
      {query.isPending && <Loading rows={3} />}
      {query.isError && !query.data && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      <ul aria-label={t('routing.agents')}>
        {query.data?.map((agent) => (
          <li key={agent.user_id} className="flex min-h-12 items-center gap-3 border-b border-line py-2 last:border-b-0">
            <Avatar name={agent.name} size={28} />
            <div className="min-w-0 grow">
              <UserText className="block truncate text-strong">{agent.name}</UserText>
              <span className="block text-sm text-muted">{facts(agent)}</span>
            </div>
            <Pill tone={agent.absence === null ? 'positive' : tones[agent.presence_now] === 'positive' ? 'neutral' : tones[agent.presence_now]}>
              {agent.absence === null ? t('routing.absence.available') : t(`routing.absence.${agent.absence as 'offline'}`)}
            </Pill>
            {may && <IconButton label={t('routing.edit_named', { name: agent.name })} icon={Pencil} onPress={() => setEditing(agent.user_id)} />}
          </li>
        ))}
      </ul>
      {edited && <AgentDialog key={edited.user_id} agent={edited} timezone={timezone ?? me?.workspace.timezone ?? 'UTC'} onClose={() => setEditing(null)} />}
    </Section>
  )
}

function AgentDialog({ agent, timezone, onClose }: { agent: Agent; timezone: string; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [skills, setSkills] = useState(agent.skills.join(', '))
  const [cap, setCap] = useState(agent.cap === null ? '' : String(agent.cap))
  const [shift, setShift] = useState(agent.shift)
  const most = wholeNumber(cap, 1000)
  const badCap = most === null && cap.trim() !== ''
  const save = useMutation({
    mutationFn: () => put<Agent>(`/routing/agents/${agent.user_id}`, { skills: words(skills), cap: most, shift }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: routingKeys.agents })
      toast(t('routing.saved'))
      onClose()
    },
  })
  return (
    <Dialog title={agent.name} isOpen onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (!badCap) save.mutate()
        }}
      >
        <Field label={t('routing.skills')} hint={t('routing.skills_hint')} value={skills} onChange={setSkills} error={fieldError(save.error, 'skills')} />
        <Field label={t('routing.cap')} hint={t('routing.agent_cap_hint')} value={cap} onChange={setCap} inputMode="numeric" error={badCap ? t('routing.cap_wrong') : fieldError(save.error, 'cap')} ltr />
        <Switch label={t('routing.hours.shift')} isSelected={shift !== null} onChange={(on) => setShift(on ? (agent.shift ?? usualHours(timezone)) : null)} />
        {shift && <HoursEditor hours={shift} onChange={setShift} />}
        {save.isError && !isAtField(save.error, ['cap', 'skills']) && <ErrorNote error={save.error} />}
        <Button look="primary" type="submit" isDisabled={badCap || save.isPending}>{t('common.save')}</Button>
      </form>
    </Dialog>
  )
}
