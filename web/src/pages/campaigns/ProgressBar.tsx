import { useTranslation } from '@/i18n/useTranslation'
import { useFormats } from '@/i18n/format'
import { cx } from '@/ui/cx'
import { gone, places, type Progress } from './model'

/** Everybody in one bar, by how far their message has come; read out as one sentence. */
export function ProgressBar({ progress, slim }: { progress: Progress; slim?: boolean }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const all = progress.recipients
  const parts = places.filter(({ state }) => progress[state] > 0)
  const label = t('campaigns.progress_label', { gone: formats.number(gone(progress)), all: formats.number(all) })
  return (
    <div role="img" aria-label={label} className={cx('flex w-full overflow-hidden rounded-full bg-sunken', slim ? 'h-1.5' : 'h-3')}>
      {parts.map(({ state, colour }) => (
        // Even one in ten thousand is seen.
        <span key={state} className={cx('min-w-0.5', colour)} style={{ width: `${(progress[state] / all) * 100}%` }} />
      ))}
    </div>
  )
}

/** What the colours stand for, with the counts; a count is a way to its recipients. */
export function ProgressLegend({ progress, chosen, onChoose }: { progress: Progress; chosen: string; onChoose: (state: (typeof places)[number]['state'] | 'any') => void }) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <ul className="mt-3 flex flex-wrap gap-1.5" aria-label={t('campaigns.by_state')}>
      {places.filter(({ state }) => progress[state] > 0).map(({ state, colour }) => (
        <li key={state}>
          <button
            type="button"
            aria-pressed={chosen === state}
            onClick={() => onChoose(chosen === state ? 'any' : state)}
            className={cx('hit inline-flex cursor-default items-center gap-1.5 rounded-full border px-2.5 text-sm hover:bg-hover', chosen === state ? 'border-accent text-strong' : 'border-line')}
          >
            <span aria-hidden className={cx('size-2.5 rounded-full', colour)} />
            {t(`campaigns.state.${state}`)}
            <span className="font-semibold text-strong tabular-nums">{formats.number(progress[state])}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}
