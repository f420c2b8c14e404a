import { Suspense, useState } from 'react'
import { later, useSoon } from '@/ui/later'
import { useAction } from './registry'

const palette = later(() => import('./CommandPalette').then((module) => module.CommandPalette))
const help = later(() => import('./HelpSheet').then((module) => module.HelpSheet))

/** Palette and help: their keys work from the first moment, their code comes when the page has settled or at the first use. */
export function ActionSheets() {
  const [open, setOpen] = useState<'palette' | 'help' | null>(null)
  useAction('palette', () => setOpen((old) => (old === 'palette' ? null : 'palette')))
  useAction('help', () => setOpen('help'))
  useSoon(palette, help)
  const close = () => setOpen(null)
  return (
    <Suspense>
      {open === 'palette' && <palette.Part isOpen onClose={close} />}
      {open === 'help' && <help.Part isOpen onClose={close} />}
    </Suspense>
  )
}
