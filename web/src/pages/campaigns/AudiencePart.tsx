import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { tagsQuery } from '@/features/tag/api'
import { useFormats } from '@/i18n/format'
import { fieldError } from '@/ui/errors'
import { ApiError } from '@/api/client'
import { Field } from '@/ui/Field'
import { FileField, type ShownFile } from '@/ui/FileField'
import { Segmented } from '@/ui/Segmented'
import { Select } from '@/ui/Select'
import { entries } from './model'

const kinds = ['channel', 'tag', 'list'] as const

export interface AudienceDraft {
  kind: (typeof kinds)[number]
  tag: string
  text: string
}

/** An audience as the server takes it. */
export function request({ kind, tag, text }: AudienceDraft) {
  if (kind === 'tag') return { kind, tag }
  if (kind === 'list') return { kind, contacts: entries(text) }
  return { kind }
}

/** The error of the list: of the whole of it, or of the entry that the server names. */
function listError(error: unknown, audience: AudienceDraft): string | null {
  const whole = fieldError(error, 'audience.contacts')
  if (whole || !(error instanceof ApiError)) return whole
  const at = /^audience\.contacts\.(\d+)$/.exec(error.field ?? '')?.[1]
  return at === undefined ? null : `\u2068${entries(audience.text)[Number(at)] ?? ''}\u2069: ${fieldError(error, error.field ?? '') ?? ''}`
}

/** Whom it is for: everybody of the number, a tag, or a list that is typed, pasted or read from a file. */
export function AudiencePart({ audience, error, onChange }: { audience: AudienceDraft; error: unknown; onChange: (audience: AudienceDraft) => void }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { data: tags = [] } = useQuery({ ...tagsQuery, enabled: audience.kind === 'tag' })
  const count = entries(audience.text).length
  const [file, setFile] = useState<ShownFile | null>(null)
  const [unread, setUnread] = useState(false)
  const read = async (chosen: File) => {
    setFile({ name: chosen.name, size: chosen.size })
    // A file may have gone, or be another's, by the time it is read.
    const text = await chosen.text().catch(() => null)
    setUnread(text === null)
    if (text !== null) onChange({ ...audience, text })
  }
  return (
    <div className="flex flex-col gap-3">
      <div><Segmented label={t('campaigns.whom')} value={audience.kind} options={kinds.map((id) => ({ id, label: t(`campaigns.audience.${id}`) }))} onChange={(kind) => onChange({ ...audience, kind })} /></div>
      <p className="text-sm text-muted">{t(`campaigns.audience_hint.${audience.kind}`)}</p>
      {audience.kind === 'tag' && (
        <>
          <Select label={t('campaigns.tag')} value={audience.tag} options={[{ id: '', label: t('tag.choose') }, ...tags.filter((tag) => !tag.archived).map((tag) => ({ id: tag.name, label: tag.name, foreign: true }))]} onChange={(tag) => onChange({ ...audience, tag })} />
          {fieldError(error, 'audience.tag') && <p role="alert" className="text-xs text-danger-ink">{fieldError(error, 'audience.tag')}</p>}
        </>
      )}
      {audience.kind === 'list' && (
        <>
          <Field ltr rows={6} label={t('campaigns.list')} placeholder={'+971 50 123 4567\n+20 100 123 4567'} value={audience.text} isRequired onChange={(text) => onChange({ ...audience, text })} hint={t('campaigns.list_count', { count, shown: formats.number(count) })} error={listError(error, audience)} />
          <FileField label={t('campaigns.file')} accept=".csv,.txt,text/csv,text/plain" file={file} error={unread ? t('file.unread') : null} onChoose={(chosen) => void read(chosen)} />
        </>
      )}
    </div>
  )
}
