import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { FlaskConical } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { get, patch, post } from '@/api/client'
import { keys } from '@/api/keys'
import { connectionsQuery } from '@/api/queries'
import type { Connection, Trial } from '@/api/types'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { fieldError, isAtField, known } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { FileField } from '@/ui/FileField'
import { Loading } from '@/ui/Loading'
import { NotHere, PageError } from '@/ui/NotHere'
import { PageFrame } from '@/ui/PageFrame'
import { save as keep } from '@/ui/save'
import { Section } from '@/ui/Section'
import { toast } from '@/ui/toast'
import { DescriptionFields } from './DescriptionFields'
import { begun, needed, sections, type Said, type SectionName } from './own'
import { TrialPanel } from './TrialPanel'

const isSecret = (name: string) => name !== 'username' && name !== 'client_id'

/** A company's own CRM, described: for a new connection, or for one that is there. */
export function DescriptionPage() {
  const { t } = useTranslation()
  const { connectionId } = useParams({ from: '/app/connections/$connectionId/description' })
  const isNew = connectionId === 'new'
  const query = useQuery({ queryKey: [...keys.connections, connectionId, 'description'], queryFn: ({ signal }) => get<Said | null>(`/connections/${connectionId}/description`, undefined, signal), enabled: !isNew, staleTime: Infinity })
  if (query.isError) return <PageError error={query.error} onRetry={() => void query.refetch()} to="/connections" label={t('connections.title')} />
  if (query.data === null) return <NotHere to="/connections" label={t('connections.title')} />
  if (!isNew && !query.data) return <Loading />
  return <Form key={connectionId} id={isNew ? null : connectionId} first={query.data ?? begun} />
}

function Form({ id, first }: { id: string | null; first: Said }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const connection = useQuery(connectionsQuery).data?.find((one) => one.id === id)
  const [said, setSaid] = useState(first)
  const [values, setValues] = useState<Record<string, string>>({})
  const given = (name: string) => values[name]?.trim() || undefined
  const credentials = () => Object.fromEntries(needed(said).flatMap((name) => (given(name) ? [[name, given(name)]] : [])))
  const trial = useMutation({ mutationFn: () => post<Trial>('/connections/trial', { connection_id: id ?? undefined, base_url: id ? undefined : given('base_url'), credentials: credentials(), description: said }) })
  const save = useMutation({
    mutationFn: () => (id ? patch<Connection>(`/connections/${id}`, { credentials: credentials(), description: said }) : post<Connection>('/connections', { kind: 'rest', name: given('name'), base_url: given('base_url'), credentials: credentials(), description: said })),
    onSuccess: (saved) => {
      void client.invalidateQueries({ queryKey: keys.connections })
      toast(t('own.saved'))
      void navigate({ to: '/connections/$connectionId', params: { connectionId: saved.id } })
    },
  })
  const error = save.error ?? trial.error
  const edit = (name: string) => ({ value: values[name] ?? '', onChange: (value: string) => setValues((old) => ({ ...old, [name]: value })), error: fieldError(error, name) })
  const problems = trial.data?.problems ?? []
  return (
    <PageFrame title={connection?.name ?? t('own.title')} lead={t('own.lead')}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        {!id && (
          <Section title={t('own.section.address')}>
            <div className="grid items-start gap-4 md:grid-cols-2">
              <Field label={t('connections.name')} placeholder="CRM" {...edit('name')} />
              <Field label={t('channels.field.base_url')} placeholder="https://crm.shop.example/api" ltr isRequired {...edit('base_url')} />
            </div>
          </Section>
        )}
        {(Object.keys(sections) as SectionName[]).map((section) => (
          <DescriptionFields key={section} section={section} said={said} problems={problems} onChange={setSaid} />
        ))}
        {connection && <p className="mb-3 text-sm text-muted">{t('own.webhook')} <bdi dir="ltr" className="wrap-anywhere text-ink">{connection.webhook_url}</bdi></p>}
        {needed(said).length > 0 && (
          <Section title={t('own.section.secrets')} hint={id ? t('own.secrets_hint') : undefined}>
            <div className="grid items-start gap-4 md:grid-cols-2">
              {needed(said).map((name) => (
                <Field key={name} label={known(`connections.credential.rest.${name}.label`) ?? name} hint={known(`connections.credential.rest.${name}.hint`) ?? undefined} type={isSecret(name) ? 'password' : 'text'} autoComplete="off" ltr {...edit(name)} />
              ))}
            </div>
          </Section>
        )}
        <AsJson said={said} onChange={setSaid} />
        {trial.data && <TrialPanel trial={trial.data} />}
        {error && !isAtField(error, ['name', 'base_url', ...needed(said)]) && <ErrorNote error={error} />}
        <div className="sticky bottom-0 flex flex-wrap gap-2 border-t border-line bg-paper py-3">
          <Button onPress={() => trial.mutate()} isDisabled={trial.isPending}><FlaskConical size={15} aria-hidden />{t('own.try')}</Button>
          <Button look="primary" type="submit" isDisabled={save.isPending}>{id ? t('common.save') : t('connections.connect')}</Button>
        </div>
      </form>
    </PageFrame>
  )
}

/** The same as text: to carry it elsewhere, and for what the form does not ask. */
function AsJson({ said, onChange }: { said: Said; onChange: (said: Said) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState<string | null>(null)
  const [wrong, setWrong] = useState<string | null>(null)
  const take = (json: string) => {
    try {
      const read: unknown = JSON.parse(json)
      if (read === null || typeof read !== 'object' || Array.isArray(read)) throw new Error('{}')
      onChange(read as Said)
      setText(null)
      setWrong(null)
    } catch {
      setText(json)
      setWrong(t('own.not_json'))
    }
  }
  const whole = JSON.stringify(said, null, 2)
  return (
    <Section title={t('own.section.json')} hint={t('own.json_hint')}>
      <details>
        <summary className="hit cursor-default py-1.5 text-sm text-muted">{t('own.json_show')}</summary>
        <div className="flex flex-col gap-3 pt-2">
          <Field label={t('own.section.json')} rows={14} ltr value={text ?? whole} onChange={setText} error={wrong} />
          <div className="flex flex-wrap gap-2">
            <Button small isDisabled={text === null} onPress={() => text !== null && take(text)}>{t('own.json_take')}</Button>
            <Button small look="quiet" onPress={() => keep('crm-description.json', whole)}>{t('own.json_keep')}</Button>
          </div>
          <FileField label={t('own.json_file')} accept=".json,application/json" onChoose={(file) => void file.text().then(take)} />
        </div>
      </details>
    </Section>
  )
}
