import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/i18n/useTranslation'
import { channelsQuery, teamsQuery, usersQuery } from '@/api/queries'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { Select, type Option } from '@/ui/Select'
import { conditions, kinds, type KindChoice, type SearchAddress } from './filter'

interface Props {
  address: SearchAddress
  onChange: (change: Partial<SearchAddress>) => void
}

/** Everything a search can be narrowed by; the empty choice asks nothing. */
export function Conditions({ address, onChange }: Props) {
  const { t } = useTranslation()
  const channels = useQuery(channelsQuery).data ?? []
  const users = useQuery(usersQuery).data ?? []
  const teams = useQuery(teamsQuery).data ?? []
  const any: Option<string> = { id: 'any', label: t('search.any') }
  const choose = (name: keyof SearchAddress, label: string, options: Option<string>[]) => (
    <Select label={label} options={[any, ...options]} value={address[name] ?? 'any'} onChange={(value) => onChange({ [name]: value === 'any' ? undefined : value })} />
  )
  return (
    <fieldset id="search-conditions" aria-label={t('search.conditions')} className="mb-4 grid grid-cols-2 gap-3 rounded-lg border border-line bg-raised p-3 md:grid-cols-4">
      {choose('direction', t('search.direction'), [{ id: 'in', label: t('search.from_customers') }, { id: 'out', label: t('search.from_us') }])}
      {choose('kind', t('search.kind'), (Object.keys(kinds) as KindChoice[]).map((id) => ({ id, label: t(`search.kinds.${id}`) })))}
      {choose('status', t('inbox.status_label'), (['open', 'pending', 'snoozed', 'resolved'] as const).map((id) => ({ id, label: t(`inbox.status.${id}`) })))}
      {choose('assignee', t('search.assignee'), [{ id: 'nobody', label: t('thread.nobody') }, ...users.map((user) => ({ id: user.id, label: user.name }))])}
      {teams.length > 0 && choose('team', t('search.team'), teams.map((team) => ({ id: team.id, label: team.name })))}
      {channels.length > 1 && choose('channel', t('search.channel'), channels.map((channel) => ({ id: channel.id, label: channel.name || channel.display_phone || '' })))}
      <Field type="date" label={t('search.from')} value={address.from ?? ''} onChange={(from) => onChange({ from: from || undefined })} />
      <Field type="date" label={t('search.to')} value={address.to ?? ''} onChange={(to) => onChange({ to: to || undefined })} />
      {conditions(address) > 0 && (
        <div className="col-span-full">
          <Button small look="quiet" onPress={() => onChange({ channel: undefined, assignee: undefined, team: undefined, status: undefined, direction: undefined, kind: undefined, from: undefined, to: undefined })}>{t('search.clear')}</Button>
        </div>
      )}
    </fieldset>
  )
}
