import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { channelsQuery, teamsQuery, usersQuery } from '@/api/queries'
import { poolsQuery } from '@/features/shop/coupons'
import { latinDigits } from '@/i18n/digits'
import { webhooksQuery } from '@/pages/webhooks/api'
import { Field } from '@/ui/Field'
import { Select } from '@/ui/Select'
import { Switch } from '@/ui/Switch'
import { useFault } from './Faults'
import { wordsOf } from './model'

interface Props {
  label: string
  /** What it is, as the server names it. */
  kind: string
  path: string
  value: unknown
  options?: readonly { id: string; label: string }[]
  onChange: (value: unknown) => void
}

const lists = new Set(['words', 'tags', 'fields'])
const categories = ['quote', 'complaint', 'question', 'other'] as const
const priorities = ['urgent', 'high', 'medium', 'low', 'none'] as const

/** The control for one value, by what it is. */
export function ParameterField({ label, kind, path, value, options, onChange }: Props) {
  const { t } = useTranslation()
  const fault = useFault(path)
  if (options) return <Select label={label} value={String(value ?? '')} options={options} onChange={onChange} />
  if (lists.has(kind)) return <WordsField label={label} value={Array.isArray(value) ? value.map(String) : []} fault={fault} onChange={onChange} />
  switch (kind) {
    case 'flag':
      return <Switch label={label} isSelected={value === true} onChange={onChange} />
    case 'minutes':
    case 'number':
      return <NumberField label={label} value={typeof value === 'number' ? value : 0} fault={fault} onChange={onChange} />
    case 'time':
      return <Field label={label} type="time" value={String(value ?? '')} onChange={onChange} error={fault} />
    case 'category':
      return <Select label={label} value={String(value)} options={categories.map((id) => ({ id, label: t(`matter.category.${id}`) }))} onChange={onChange} />
    case 'priority':
      return <Select label={label} value={String(value)} options={priorities.map((id) => ({ id, label: t(`priority.${id}`) }))} onChange={onChange} />
    case 'team':
    case 'user':
    case 'channel':
      return <Chosen label={label} kind={kind} value={value} onChange={onChange} />
    case 'pool':
      return <Pool label={label} value={String(value ?? '')} onChange={onChange} />
    case 'webhook':
      return <ChosenWebhook label={label} value={value} fault={fault} onChange={onChange} />
    case 'text':
      return <Field label={label} value={String(value ?? '')} onChange={onChange} rows={3} maxLength={4096} error={fault} />
    default:
      return <Field label={label} value={String(value ?? '')} onChange={onChange} ltr={kind === 'zone' || kind === 'field' || kind === 'template' || kind === 'url'} error={fault} />
  }
}

/** Words between commas; what is being typed stays as it is. */
function WordsField({ label, value, fault, onChange }: { label: string; value: string[]; fault: string | null; onChange: (value: string[]) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState(value.join(', '))
  const write = (next: string) => {
    setText(next)
    onChange(wordsOf(next))
  }
  return <Field label={label} value={text} onChange={write} hint={t('automation.commas')} error={fault} />
}

function NumberField({ label, value, fault, onChange }: { label: string; value: number; fault: string | null; onChange: (value: number) => void }) {
  const [text, setText] = useState(String(value))
  const write = (next: string) => {
    setText(next)
    const number = Number(latinDigits(next))
    if (next.trim() && Number.isFinite(number)) onChange(number)
  }
  return <Field label={label} inputMode="decimal" ltr value={text} onChange={write} error={fault} />
}

/** A pool of codes by its name; one that a rule names and that is not there is shown all the same. */
function Pool({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation()
  const { data: pools = [] } = useQuery(poolsQuery)
  const names = pools.map(({ name }) => name)
  if (!names.includes(value)) names.unshift(value)
  return <Select label={label} value={value} options={names.map((id) => ({ id, label: id || t('automation.choose'), foreign: id !== '' }))} onChange={onChange} />
}

/** A webhook of the workspace, or none where an address is given. */
function ChosenWebhook({ label, value, fault, onChange }: { label: string; value: unknown; fault: string | null; onChange: (value: string | undefined) => void }) {
  const { t } = useTranslation()
  const { data: webhooks = [] } = useQuery(webhooksQuery)
  const none = { id: 'none', label: t('automation.none') }
  return (
    <div>
      <Select label={label} value={typeof value === 'string' && value ? value : 'none'} options={[none, ...webhooks.map(({ id, name }) => ({ id, label: name, foreign: true }))]} onChange={(id) => onChange(id === 'none' ? undefined : id)} />
      {fault && <p className="mt-1 text-xs text-danger-ink">{fault}</p>}
    </div>
  )
}

function Chosen({ label, kind, value, onChange }: { label: string; kind: 'team' | 'user' | 'channel'; value: unknown; onChange: (value: string | null) => void }) {
  const { t } = useTranslation()
  const { data: users = [] } = useQuery({ ...usersQuery, enabled: kind === 'user' })
  const { data: teams = [] } = useQuery({ ...teamsQuery, enabled: kind === 'team' })
  const { data: channels = [] } = useQuery({ ...channelsQuery, enabled: kind === 'channel' })
  const rows = kind === 'user' ? users.filter((user) => !user.disabled) : kind === 'team' ? teams : channels
  const none = { id: 'none', label: t('automation.none') }
  return <Select label={label} value={typeof value === 'string' && value ? value : 'none'} options={[none, ...rows.map(({ id, name }) => ({ id, label: name, foreign: true }))]} onChange={(id) => onChange(id === 'none' ? null : id)} />
}
