import type { ReactNode } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { useFormats } from '@/i18n/format'
import { useNow } from '@/live/clock'

export const windowLength = 24 * 3_600_000
export const closingSoon = 2 * 3_600_000

interface Props {
  expiresAt: number | null
  size: number
  children: ReactNode
}

/** The customer service window as a thin ring round the avatar: empties over 24 h, amber in the last two, dashed grey when closed. */
export function WindowRing({ expiresAt, size, children }: Props) {
  const { t } = useTranslation()
  const formats = useFormats()
  const left = Math.max(0, (expiresAt ?? 0) - useNow())
  const share = Math.min(1, left / windowLength)
  const outer = size + 6
  const radius = size / 2 + 1.75
  const circle = { cx: outer / 2, cy: outer / 2, r: radius, fill: 'none', strokeWidth: 2 }
  return (
    <span className="relative inline-grid shrink-0 place-items-center" style={{ inlineSize: outer, blockSize: outer }}>
      <svg aria-hidden width={outer} height={outer} className="absolute inset-0 -rotate-90">
        {left > 0 ? (
          <>
            <circle {...circle} className="stroke-line" />
            <circle {...circle} pathLength={100} strokeLinecap="round" strokeDasharray={`${Math.max(2, share * 100)} 100`} className={left < closingSoon ? 'stroke-caution' : 'stroke-accent'} />
          </>
        ) : (
          <circle {...circle} strokeWidth={1.5} strokeDasharray="3 3.5" className="stroke-control" />
        )}
      </svg>
      {children}
      <span className="sr-only">{left > 0 ? t('window.closes_in', { span: formats.span(left) }) : t('window.closed')}</span>
    </span>
  )
}
