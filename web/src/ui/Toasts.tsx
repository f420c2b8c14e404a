import { useStore } from '@/live/store'
import { cx } from './cx'
import { dropToast, holdToast, releaseToast, toasts } from './toast'

/** Where confirmations appear; read out politely. */
export function Toasts() {
  const entries = useStore(toasts)
  return (
    <div role="status" className="pointer-events-none fixed inset-x-0 bottom-20 z-50 flex flex-col items-center gap-2 px-4 md:bottom-6">
      {entries.map(({ id, text, tone, action }) => (
        <div
          key={id}
          className={cx('appear flex max-w-lg items-center gap-3 rounded-lg px-3 py-2 shadow-overlay', action && 'pointer-events-auto', tone === 'danger' ? 'bg-danger-soft text-danger-ink' : 'bg-strong text-paper')}
          {...(action && {
            onPointerEnter: () => holdToast(id, 'pointer'),
            onPointerLeave: () => releaseToast(id, 'pointer'),
            onFocus: () => holdToast(id, 'focus'),
            onBlur: () => releaseToast(id, 'focus'),
          })}
        >
          <p className="wrap-anywhere">{text}</p>
          {action && (
            <button
              type="button"
              className="shrink-0 rounded-sm font-semibold underline underline-offset-4 pointer-coarse:min-h-11"
              onClick={() => {
                dropToast(id)
                action.run()
              }}
            >
              {action.label}
            </button>
          )}
        </div>
      ))}
    </div>
  )
}
