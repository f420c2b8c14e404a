import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ArrowLeft, ArrowLeftRight, ArrowRight, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { put } from '@/api/client'
import { keys } from '@/api/keys'
import { mappingsQuery, remoteFieldsQuery } from '@/api/queries'
import type { Mapping, RemoteField } from '@/api/types'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { IconButton } from '@/ui/IconButton'
import { Section } from '@/ui/Section'
import { Select } from '@/ui/Select'
import { Switch } from '@/ui/Switch'
import { toast } from '@/ui/toast'

const icons = { both: ArrowLeftRight, push: ArrowRight, pull: ArrowLeft } as const
const next = { both: 'push', push: 'pull', pull: 'both' } as const

/** Which of our fields is which of theirs, and which way it goes. */
export function MappingEditor({ connectionId }: { connectionId: string }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const mappings = useQuery(mappingsQuery(connectionId))
  const fields = useQuery(remoteFieldsQuery(connectionId))
  const [rows, setRows] = useState<Mapping[] | null>(null)
  const shown = rows ?? mappings.data ?? []
  const save = useMutation({
    // Whose value stays is not edited here: left out, it stays as it is by then.
    mutationFn: () => put<Mapping[]>(`/connections/${connectionId}/mappings`, shown.filter((row) => row.local_field.trim() && row.remote_field).map((row) => ({ ...row, prefer: undefined }))),
    onSuccess: () => {
      setRows(null)
      void client.invalidateQueries({ queryKey: keys.mappings(connectionId) })
      toast(t('mapping.saved'))
    },
  })
  const set = (at: number, part: Partial<Mapping>) => setRows(shown.map((row, index) => (index === at ? { ...row, ...part } : row)))
  return (
    <Section title={t('mapping.title')} hint={t('mapping.hint')} aside={rows && <Button small look="primary" onPress={() => save.mutate()} isDisabled={save.isPending}>{t('mapping.save')}</Button>}>
      {mappings.isError && <ErrorNote error={mappings.error} onRetry={() => void mappings.refetch()} />}
      {fields.isError && <ErrorNote error={fields.error} onRetry={() => void fields.refetch()} />}
      {save.isError && <ErrorNote error={save.error} />}
      <ul aria-label={t('mapping.title')}>
        {shown.map((row, index) => (
          <MappingRow key={index} row={row} fields={fields.data ?? []} onChange={(part) => set(index, part)} onRemove={() => setRows(shown.filter((_, at) => at !== index))} />
        ))}
      </ul>
      <Button small look="quiet" className="mt-2" onPress={() => setRows([...shown, { local_field: '', remote_field: '', direction: 'both', default_value: null, enabled: true, prefer: 'newest' }])}>
        <Plus size={14} aria-hidden />
        {t('mapping.add')}
      </Button>
    </Section>
  )
}

interface RowProps {
  row: Mapping
  fields: RemoteField[]
  onChange: (part: Partial<Mapping>) => void
  onRemove: () => void
}

function MappingRow({ row, fields, onChange, onRemove }: RowProps) {
  const { t } = useTranslation()
  const known = fields.some((field) => field.name === row.remote_field)
  const options = [...(known || !row.remote_field ? [] : [{ id: row.remote_field, label: row.remote_field, foreign: true }]), ...fields.map((field) => ({ id: field.name, label: field.label || field.name, foreign: true }))]
  return (
    <li className="grid grid-cols-[1fr_auto_1fr_auto] items-center gap-2 border-b border-line py-2 md:grid-cols-[1fr_auto_1fr_minmax(96px,0.6fr)_auto_auto]">
      <input dir="ltr" aria-label={t('mapping.local')} value={row.local_field} onChange={(event) => onChange({ local_field: event.target.value })} className="field" placeholder={t('mapping.local')} />
      <IconButton label={t(`mapping.direction.${row.direction}`)} icon={icons[row.direction]} mirror onPress={() => onChange({ direction: next[row.direction] })} />
      <Select hideLabel label={t('mapping.remote')} value={row.remote_field} options={options} onChange={(remote_field) => onChange({ remote_field })} />
      <input dir="auto" aria-label={t('mapping.default')} placeholder={t('mapping.default')} value={row.default_value ?? ''} onChange={(event) => onChange({ default_value: event.target.value || null })} className="field max-md:col-span-2 max-md:row-start-2" />
      <span className="max-md:row-start-2"><Switch hideLabel label={t('mapping.enabled', { field: row.local_field })} isSelected={row.enabled} onChange={(enabled) => onChange({ enabled })} /></span>
      <IconButton label={t('mapping.remove', { field: row.local_field })} icon={Trash2} onPress={onRemove} className="max-md:col-start-4 max-md:row-start-1" />
    </li>
  )
}
