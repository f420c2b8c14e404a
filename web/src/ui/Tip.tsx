import type { ReactElement } from 'react'
import { Tooltip, TooltipTrigger } from 'react-aria-components'
import { caps, isMac, type ActionName } from '@/actions/catalogue'
import { useKeys } from '@/actions/keymap'
import { Kbd } from './Kbd'

interface Props {
  text: string
  action?: ActionName
  children: ReactElement
}

/** A tooltip on hover and focus; with an action it teaches the shortcut. */
export function Tip({ text, action, children }: Props) {
  const keys = useKeys(action)
  return (
    <TooltipTrigger delay={500} closeDelay={80}>
      {children}
      <Tooltip offset={6} className="appear z-50 flex max-w-72 items-center gap-2 rounded-md bg-strong px-2 py-1 text-xs text-paper shadow-overlay">
        <span>{text}</span>
        {keys && <Kbd keys={caps(keys, isMac)} inverted />}
      </Tooltip>
    </TooltipTrigger>
  )
}
