import { useTranslation } from '@/i18n/useTranslation'
import { Avatar } from './Avatar'

interface Props {
  of: 'contacts' | 'channels' | 'connections' | 'templates' | 'campaigns' | 'quick'
}

/** What will stand in an empty list, made of real-looking things: a ghost for `Empty`. */
export function Example({ of }: Props) {
  const { t } = useTranslation()
  return (
    <div className="flex flex-col rounded-lg border border-dashed border-control text-start text-muted">
      {(['one', 'two'] as const).map((row) => (
        <div key={row} className="flex min-h-14 items-center gap-3 border-b border-line px-3 py-2 last:border-b-0">
          {of === 'contacts' ? <Avatar name={t(`example.${of}.${row}.name`)} size={32} /> : <span className="size-8 shrink-0 rounded-full bg-hover" />}
          <span className="min-w-0 grow">
            <bdi dir="auto" className="block truncate font-semibold">{t(`example.${of}.${row}.name`)}</bdi>
            <bdi dir="auto" className="block truncate text-sm">{t(`example.${of}.${row}.text`)}</bdi>
          </span>
        </div>
      ))}
    </div>
  )
}
