import type { LucideIcon } from 'lucide-react'
import { useState, type ReactElement } from 'react'
import { Menu as Base, MenuItem, MenuTrigger, Popover } from 'react-aria-components'
import { caps, isMac, type ActionName } from '@/actions/catalogue'
import { useKeys } from '@/actions/keymap'
import { Kbd } from './Kbd'
import { useStill } from './Still'

export interface Item {
  id: string
  label: string
  icon?: LucideIcon
  action?: ActionName
  danger?: boolean
  onAction: () => void
}

interface Props {
  label: string
  items: Item[]
  /** What its verbs act on, where the same menu comes to stand for another: it closes then. */
  subject?: string
  children: ReactElement
}

/** A menu of verbs behind a button; items that have a shortcut show it. */
export function Menu({ label, items, subject = '', children }: Props) {
  const [openFor, setOpenFor] = useState<string | null>(null)
  if (openFor !== null && openFor !== subject) setOpenFor(null)
  if (useStill()) return children
  return (
    <MenuTrigger isOpen={openFor === subject} onOpenChange={(open) => setOpenFor(open ? subject : null)}>
      {children}
      <Popover className="appear z-50 max-h-96 min-w-44 overflow-auto rounded-lg border border-line bg-overlay p-1 shadow-overlay">
        <Base aria-label={label} items={items} className="outline-none">
          {({ id, label: text, icon: Icon, action, danger, onAction }) => (
            <MenuItem
              id={id}
              textValue={text}
              onAction={onAction}
              className={`hit flex cursor-default items-center gap-2 rounded-md px-2 outline-none data-[focused]:bg-hover ${danger ? 'text-danger-ink' : 'text-ink'}`}
            >
              {Icon && <Icon size={16} strokeWidth={1.75} aria-hidden className="shrink-0" />}
              <span className="grow truncate">{text}</span>
              {action && <ActionKeys action={action} />}
            </MenuItem>
          )}
        </Base>
      </Popover>
    </MenuTrigger>
  )
}

/** The keys of an action, when it has any. */
export function ActionKeys({ action }: { action: ActionName }) {
  const keys = useKeys(action)
  return keys ? <Kbd keys={caps(keys, isMac)} /> : null
}
