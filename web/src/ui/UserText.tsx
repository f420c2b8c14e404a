import { cx } from './cx'

/** What a person typed: isolated, in its own direction. */
export function UserText({ children, className }: { children: string; className?: string }) {
  return (
    <bdi dir="auto" className={cx('wrap-anywhere', className)}>
      {children}
    </bdi>
  )
}
