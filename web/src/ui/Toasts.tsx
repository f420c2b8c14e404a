import { useStore } from '@/live/store'
import { cx } from './cx'
import { toasts } from './toast'

/** Where confirmations appear; read out politely. */
export function Toasts() {
  const entries = useStore(toasts)
  return (
    <div role="status" className="pointer-events-none fixed inset-x-0 bottom-20 z-50 flex flex-col items-center gap-2 px-4 md:bottom-6">
      {entries.map((entry) => (
        <p key={entry.id} dir="auto" className={cx('appear max-w-lg rounded-lg px-3 py-2 shadow-overlay', entry.tone === 'danger' ? 'bg-danger-soft text-danger-ink' : 'bg-strong text-paper')}>
          {entry.text}
        </p>
      ))}
    </div>
  )
}
