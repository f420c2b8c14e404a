import type { LucideIcon } from 'lucide-react'
import type { Ref } from 'react'
import { Button as Base, type ButtonProps } from 'react-aria-components'
import type { ActionName } from '@/actions/catalogue'
import { cx } from './cx'
import { useStill } from './Still'
import { Tip } from './Tip'

interface Props extends Omit<ButtonProps, 'className' | 'style' | 'children'> {
  label: string
  icon: LucideIcon
  action?: ActionName
  /** Icons that point somewhere turn round in right-to-left. */
  mirror?: boolean
  active?: boolean
  ref?: Ref<HTMLButtonElement>
  className?: string
}

/** A square button that shows only its icon; its name is read out and shown on hover and focus. */
export function IconButton({ label, icon: Icon, action, mirror, active, className, ...rest }: Props) {
  const look = cx(
    'hit-square inline-flex shrink-0 cursor-default items-center justify-center rounded-md',
    'data-[hovered]:bg-hover data-[hovered]:text-strong data-[disabled]:opacity-40',
    active ? 'bg-hover text-strong' : 'text-muted',
    className,
  )
  const icon = <Icon size={18} strokeWidth={1.75} aria-hidden className={mirror ? 'mirror' : undefined} />
  if (useStill()) return <span className={look}>{icon}</span>
  return (
    <Tip text={label} action={action}>
      <Base {...rest} aria-label={label} className={look}>{icon}</Base>
    </Tip>
  )
}
