import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/i18n/useTranslation'
import { channelsQuery, teamsQuery } from '@/api/queries'
import { Chips } from './Chips'
import { FaultNote } from './Faults'
import { ParameterField } from './ParameterField'
import type { Definition } from './model'

/** For whom the rule is: a share of the customers, some channels, some teams. */
export function Rollout({ draft, onChange }: { draft: Definition; onChange: (next: Partial<Definition>) => void }) {
  const { t } = useTranslation()
  const { data: channels = [] } = useQuery(channelsQuery)
  const { data: teams = [] } = useQuery(teamsQuery)
  const list = (name: 'channels' | 'teams', rows: readonly { id: string; name: string }[]) => {
    const chosen = (draft[name] as string[] | undefined) ?? []
    // What was chosen and is gone can still be taken out.
    const gone = chosen.filter((id) => !rows.some((row) => row.id === id)).map((id) => ({ id, name: id }))
    return rows.length + gone.length > 0 && (
      <div>
        <Chips label={t(`automation.${name}`)} foreign options={[...rows, ...gone].map(({ id, name: label }) => ({ id, label }))} value={chosen} onChange={(ids) => onChange({ [name]: ids })} />
        <FaultNote path={name} />
      </div>
    )
  }
  return (
    <div className="flex flex-col gap-3">
      <ParameterField label={t('automation.share')} kind="number" path="share" value={draft.share ?? 100} onChange={(share) => onChange({ share })} />
      {list('channels', channels)}
      {list('teams', teams)}
    </div>
  )
}
