import { cx } from './cx'

/** Key caps; always left-to-right because keyboards are. */
export function Kbd({ keys, inverted }: { keys: string[]; inverted?: boolean }) {
  return (
    <span className="ltr-isolate inline-flex shrink-0 gap-0.5">
      {keys.map((key) => (
        <kbd key={key} className={cx('min-w-5 rounded-sm border px-1 text-center font-sans text-xs leading-4.5', inverted ? 'border-muted text-paper' : 'border-line bg-sunken text-muted')}>
          {key}
        </kbd>
      ))}
    </span>
  )
}
