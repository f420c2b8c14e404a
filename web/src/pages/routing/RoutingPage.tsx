import { useQuery } from '@tanstack/react-query'
import { Pencil } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { channelsQuery, meQuery, teamsQuery } from '@/api/queries'
import { routingQuery, type Place } from '@/features/routing/api'
import { useMe } from '@/features/frame/useMe'
import { ErrorNote } from '@/ui/ErrorNote'
import { IconButton } from '@/ui/IconButton'
import { Loading } from '@/ui/Loading'
import { PageFrame } from '@/ui/PageFrame'
import { Section } from '@/ui/Section'
import { UserText } from '@/ui/UserText'
import { AgentSection } from './AgentSection'
import { hoursText, placeText } from './placeText'
import { PlaceDialog } from './PlaceDialog'
import { QueueSection } from './QueueSection'
import { RoutingTabs } from './RoutingTabs'

/** Who gets a conversation: by which policy, when people work, and who they are. */
export function RoutingPage() {
  const { t } = useTranslation()
  const query = useQuery(routingQuery)
  const may = useMe().permissions.includes('team.manage')
  return (
    <PageFrame title={t('routing.title')} lead={t('routing.lead')}>
      <RoutingTabs />
      {query.isPending && <Loading rows={6} />}
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && (
        <div>
          <Places workspace={query.data.workspace} others={query.data.places} may={may} />
          <QueueSection automatic={[query.data.workspace, ...query.data.places].some((place) => place.mode !== null && place.mode !== 'manual')} />
          <AgentSection may={may} timezone={query.data.workspace.hours?.timezone ?? null} />
        </div>
      )}
    </PageFrame>
  )
}

function Places({ workspace, others, may }: { workspace: Place; others: Place[]; may: boolean }) {
  const { t, i18n } = useTranslation()
  const { data: teams = [] } = useQuery(teamsQuery)
  const { data: channels = [] } = useQuery(channelsQuery)
  const { data: me } = useQuery(meQuery)
  const [editing, setEditing] = useState<string | null>(null)
  const found = (id: string, kind: Place['kind']): Place => others.find((place) => place.id === id) ?? { id, kind, mode: null, cap: null, crm_owner: false, team_id: null, skills: [], hours: null }
  const rows = [
    { place: workspace, name: t('routing.everything'), kind: null },
    ...teams.map((team) => ({ place: found(team.id, 'team'), name: team.name, kind: t('routing.kind.team') })),
    ...channels.map((channel) => ({ place: found(channel.id, 'channel'), name: channel.name, kind: t('routing.kind.channel') })),
  ]
  const edited = rows.find((row) => row.place.id === editing)
  return (
    <Section title={t('routing.policies')} hint={t('routing.policies_hint')}>
      <ul aria-label={t('routing.policies')}>
        {rows.map(({ place, name, kind }) => (
          <li key={place.id} className="flex min-h-12 items-center gap-3 border-b border-line py-2 last:border-b-0">
            <div className="min-w-0 grow">
              <p className="flex items-baseline gap-2"><UserText className="truncate text-strong">{name}</UserText>{kind && <span className="text-xs text-muted">{kind}</span>}</p>
              <p className="text-sm text-ink">{placeText(place, teams, t)}</p>
              <p className="text-xs text-muted">{place.hours ? hoursText(place.hours, i18n.language, t) : t(place.kind === 'workspace' ? 'routing.hours.always' : 'routing.hours.inherited')}</p>
            </div>
            {may && <IconButton label={t('routing.edit_named', { name })} icon={Pencil} onPress={() => setEditing(place.id)} />}
          </li>
        ))}
      </ul>
      {edited && <PlaceDialog key={edited.place.id} place={edited.place} name={edited.name} timezone={workspace.hours?.timezone ?? me?.workspace.timezone ?? 'UTC'} teams={teams} onClose={() => setEditing(null)} />}
    </Section>
  )
}
