import { useTranslation } from '@/i18n/useTranslation'
import { UploadField } from '@/features/composer/late/UploadField'

const kinds = { IMAGE: 'image', VIDEO: 'video', DOCUMENT: 'document' } as const

interface Props {
  kind: keyof typeof kinds
  channel: string
  /** The file that is there, in words; empty = none. */
  name: string
  error: string | null
  onReady: (id: string, name: string) => void
}

/** The file the reviewers see; every send brings its own. */
export function SampleFile({ kind, channel, name, error, onReady }: Props) {
  const { t } = useTranslation()
  return (
    <UploadField
      label={t('templates.sample')} hint={t('templates.sample_hint')} kind={kinds[kind]} channel={channel} name={name} error={error}
      // Reviewers read nothing but PDF.
      accept={kind === 'DOCUMENT' ? 'application/pdf' : undefined} onReady={onReady}
    />
  )
}
