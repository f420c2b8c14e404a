import { cx } from './cx'

/** A phone number: left-to-right in every language, grouped for the eye, copied as it is. */
export function Phone({ value, className }: { value: string; className?: string }) {
  return <bdi dir="ltr" className={cx('whitespace-nowrap', className)}>{value}</bdi>
}
