import { Tip } from './Tip'
import { Focusable } from 'react-aria-components'

/** The channel's own sign, the only place where its brand colour stands. */
export function ChannelMark({ name, size = 12, tip }: { name: string; size?: number; tip?: boolean }) {
  const mark = (
    <svg role="img" aria-label={name} width={size} height={size} viewBox="0 0 16 16" className="shrink-0 text-whatsapp">
      <path d="M8 1.2a6.7 6.7 0 0 0-5.8 10.1L1.3 14.7l3.5-.9A6.7 6.7 0 1 0 8 1.2Z" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round" />
      <path d="M5.7 4.8c.5-.4.9 0 1.2.9.2.6-.5.8-.3 1.2.5 1 1.3 1.8 2.3 2.3.5.2.7-.6 1.2-.4.9.3 1.3.8 1 1.3-.4.7-1.2.9-2 .6A6.6 6.6 0 0 1 5.2 7c-.3-.8-.2-1.7.5-2.2Z" fill="currentColor" />
    </svg>
  )
  if (!tip) return mark
  return (
    <Tip text={name}>
      <Focusable>
        <span role="button" tabIndex={0} className="inline-flex rounded-full">{mark}</span>
      </Focusable>
    </Tip>
  )
}
