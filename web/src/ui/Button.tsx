import type { Ref } from 'react'
import { Button as Base, type ButtonProps } from 'react-aria-components'
import { cx } from './cx'
import { useStill } from './Still'

export type ButtonLook = 'primary' | 'outline' | 'quiet' | 'danger'

interface Props extends Omit<ButtonProps, 'className' | 'style'> {
  look?: ButtonLook
  small?: boolean
  className?: string
  ref?: Ref<HTMLButtonElement>
}

const looks: Record<ButtonLook, string> = {
  primary: 'bg-accent text-on-accent data-[hovered]:bg-accent-hover',
  outline: 'border border-control bg-raised text-strong data-[hovered]:bg-hover',
  quiet: 'text-ink data-[hovered]:bg-hover',
  danger: 'border border-danger text-danger-ink bg-raised data-[hovered]:bg-danger-soft',
}

/** A button with a verb on it. */
export function Button({ look = 'outline', small, className, ...rest }: Props) {
  const style = cx(
    'inline-flex cursor-default items-center justify-center gap-1.5 rounded-md font-semibold whitespace-nowrap select-none',
    'data-[pressed]:translate-y-px data-[disabled]:opacity-45 data-[disabled]:pointer-events-none',
    small ? 'min-h-7 px-2 text-sm max-md:min-h-11 max-md:px-3 pointer-coarse:min-h-11' : 'hit px-3',
    looks[look],
    className,
  )
  const { children, isDisabled } = rest
  if (useStill()) return <span data-disabled={isDisabled ? '' : undefined} className={style}>{typeof children === 'function' ? null : children}</span>
  return <Base {...rest} className={style} />
}
