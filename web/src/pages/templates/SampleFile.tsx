import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { upload } from '@/api/client'
import type { Upload } from '@/api/types'
import { fileLimits } from '@/features/composer/build/limits'
import { errorText, sizeText } from '@/ui/errors'

const accepted = { IMAGE: 'image/jpeg,image/png', VIDEO: 'video/mp4,video/3gpp', DOCUMENT: 'application/pdf' } as const
const kinds = { IMAGE: 'image', VIDEO: 'video', DOCUMENT: 'document' } as const

interface Props {
  kind: keyof typeof accepted
  channel: string
  /** The file that is there, in words; empty = none. */
  name: string
  error: string | null
  onReady: (id: string, name: string) => void
}

/** The file the reviewers see; every send brings its own. */
export function SampleFile({ kind, channel, name, error, onReady }: Props) {
  const { t } = useTranslation()
  const [state, setState] = useState<string | null>(null)
  const choose = async (file: File | undefined) => {
    if (!file) return
    setState(t('composer.uploading'))
    const form = new FormData()
    form.set('file', file, file.name)
    try {
      onReady((await upload<Upload>('/media', form, { channel_id: channel, kind: kinds[kind] })).id, file.name)
      setState(null)
    } catch (failure) {
      setState(errorText(failure, t))
    }
  }
  return (
    <label className="flex flex-col gap-1 text-sm font-semibold">
      {t('templates.sample')}
      <input type="file" accept={accepted[kind]} onChange={(event) => void choose(event.target.files?.[0])} className="field py-1.5 font-normal" />
      <span className="text-xs font-normal text-muted">{state ?? (name ? <bdi>{name}</bdi> : `${t('templates.sample_hint')} ${t('composer.at_most', { size: sizeText(fileLimits[kinds[kind]]) })}`)}</span>
      {error && <span className="text-xs font-normal text-danger-ink">{error}</span>}
    </label>
  )
}
