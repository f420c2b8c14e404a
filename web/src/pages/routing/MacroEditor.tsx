import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ArrowUp, Plus, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { ApiError, patch, post } from '@/api/client'
import { teamsQuery, usersQuery } from '@/api/queries'
import { categoriesQuery, routingKeys, type Macro, type MacroAction } from '@/features/routing/api'
import { actionKinds, emptyAction } from '@/features/routing/macroText'
import { TagChoice } from '@/features/tag/TagChoice'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { errorText } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { IconButton } from '@/ui/IconButton'
import { Menu } from '@/ui/Menu'
import { Select } from '@/ui/Select'
import { Switch } from '@/ui/Switch'
import { TemplateSelect } from './TemplateSelect'

const statuses = ['open', 'pending', 'resolved'] as const
const moments = ['three_hours', 'later_today', 'tomorrow', 'monday'] as const
const priorities = ['urgent', 'high', 'medium', 'low', 'none'] as const

/** A macro: its name, whose it is, its actions in order. */
export function MacroEditor({ macro, mayShare, onClose }: { macro: Macro | null; mayShare: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [name, setName] = useState(macro?.name ?? '')
  const [shared, setShared] = useState(macro?.shared ?? false)
  const [actions, setActions] = useState<MacroAction[]>(macro?.actions ?? [])
  const save = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), shared, actions }
      return macro ? patch<Macro>(`/macros/${macro.id}`, body) : post<Macro>('/macros', body)
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: routingKeys.macros })
      onClose()
    },
  })
  const wrong = save.error instanceof ApiError ? /^actions\.(\d+)/.exec(save.error.field ?? '')?.[1] : undefined
  const change = (at: number, action: MacroAction) => setActions((old) => old.map((one, place) => (place === at ? action : one)))
  return (
    <Dialog title={macro ? t('macro.edit') : t('macro.add')} isOpen onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <Field label={t('macro.name')} isRequired value={name} onChange={setName} maxLength={100} />
        {mayShare && <Switch label={t('macro.share')} isSelected={shared} onChange={setShared} />}
        <fieldset className="min-w-0">
          <legend className="mb-1 text-sm font-semibold">{t('macro.steps')}</legend>
          <ol className="flex flex-col gap-2">
            {actions.map((action, at) => (
              <li key={at} className="rounded-md border border-line p-2">
                <div className="flex items-center gap-1">
                  <span className="grow text-sm text-strong">{t('macro.step', { step: at + 1, what: t(`macro.kind.${action.type}`) })}</span>
                  {at > 0 && <IconButton label={t('macro.up', { step: at + 1 })} icon={ArrowUp} onPress={() => setActions((old) => swapped(old, at))} />}
                  <IconButton label={t('macro.drop', { step: at + 1 })} icon={X} onPress={() => setActions((old) => old.filter((_, place) => place !== at))} />
                </div>
                <Detail action={action} onChange={(next) => change(at, next)} />
                {wrong === String(at) && <p role="alert" className="mt-1 text-xs text-danger-ink">{errorText(save.error, t)}</p>}
              </li>
            ))}
          </ol>
          <div className="mt-2">
            <Menu label={t('macro.add_step')} items={actionKinds.map((kind) => ({ id: kind, label: t(`macro.kind.${kind}`), onAction: () => setActions((old) => [...old, emptyAction(kind)]) }))}>
              <Button small isDisabled={actions.length >= 20}><Plus size={14} aria-hidden />{t('macro.add_step')}</Button>
            </Menu>
          </div>
        </fieldset>
        {save.isError && wrong === undefined && <ErrorNote error={save.error} />}
        <Button look="primary" type="submit" isDisabled={!name.trim() || actions.length === 0 || save.isPending}>{t('common.save')}</Button>
      </form>
    </Dialog>
  )
}

function swapped(actions: MacroAction[], at: number): MacroAction[] {
  const next = [...actions]
  const [moved] = next.splice(at, 1)
  if (moved) next.splice(at - 1, 0, moved)
  return next
}

/** What one action needs to know. */
function Detail({ action, onChange }: { action: MacroAction; onChange: (action: MacroAction) => void }) {
  const { t } = useTranslation()
  const { data: users = [] } = useQuery(usersQuery)
  const { data: teams = [] } = useQuery(teamsQuery)
  const nobody = { id: 'none', label: t('thread.nobody') }
  switch (action.type) {
    case 'assign':
      return <Select hideLabel label={t('macro.kind.assign')} value={action.user_id ?? 'none'} options={[nobody, ...users.filter((user) => !user.disabled).map(({ id, name }) => ({ id, label: name }))]} onChange={(id) => onChange({ ...action, user_id: id === 'none' ? null : id })} />
    case 'team':
      return <Select hideLabel label={t('macro.kind.team')} value={action.team_id ?? 'none'} options={[{ id: 'none', label: t('macro.no_team') }, ...teams.map(({ id, name }) => ({ id, label: name }))]} onChange={(id) => onChange({ ...action, team_id: id === 'none' ? null : id })} />
    case 'status':
      return <StatusDetail action={action} onChange={onChange} />
    case 'snooze':
      return <Select hideLabel label={t('macro.kind.snooze')} value={action.until} options={moments.map((id) => ({ id, label: t(`macro.until.${id}`) }))} onChange={(until) => onChange({ ...action, until })} />
    case 'priority':
      return <Select hideLabel label={t('macro.kind.priority')} value={action.priority} options={priorities.map((id) => ({ id, label: t(`priority.${id}`) }))} onChange={(priority) => onChange({ ...action, priority })} />
    case 'add_tags':
    case 'remove_tags':
      return <TagChoice label={t(`macro.kind.${action.type}`)} gives={action.type === 'add_tags'} value={action.tag_ids} onChange={(tag_ids) => onChange({ ...action, tag_ids })} />
    case 'send_text':
    case 'note':
      return <Field label={t('macro.text')} value={action.body} onChange={(body) => onChange({ ...action, body })} rows={3} maxLength={4096} />
    case 'send_template':
      return <TemplateDetail action={action} onChange={onChange} />
    default:
      return null
  }
}

function StatusDetail({ action, onChange }: { action: Extract<MacroAction, { type: 'status' }>; onChange: (action: MacroAction) => void }) {
  const { t } = useTranslation()
  const { data: categories = [] } = useQuery(categoriesQuery)
  const status = action.status === 'snoozed' ? 'open' : action.status
  const category = action.closing?.category_id ?? 'none'
  return (
    <div className="flex flex-col gap-2">
      <Select hideLabel label={t('macro.kind.status')} value={status} options={statuses.map((id) => ({ id, label: t(`macro.status.${id}`) }))} onChange={(next) => onChange({ type: 'status', status: next, ...(next === 'resolved' && action.closing ? { closing: action.closing } : {}) })} />
      {status === 'resolved' && categories.length > 0 && (
        <Select
          hideLabel
          label={t('closing.category')}
          value={category}
          options={[{ id: 'none', label: t('closing.no_category') }, ...categories.map(({ id, name }) => ({ id, label: name }))]}
          onChange={(id) => onChange({ type: 'status', status, ...(id === 'none' ? {} : { closing: { category_id: id, note: null } }) })}
        />
      )}
    </div>
  )
}

function TemplateDetail({ action, onChange }: { action: Extract<MacroAction, { type: 'send_template' }>; onChange: (action: MacroAction) => void }) {
  const { t } = useTranslation()
  const { name, language } = action
  return <TemplateSelect hideLabel label={t('macro.kind.send_template')} none={t('macro.choose_template')} value={name ? { name, language } : null} onChange={(next) => onChange({ ...action, name: next?.name ?? '', language: next?.language ?? '' })} />
}
