import { lazy, Suspense, useEffect, useState } from 'react'
import { useAction } from './registry'

const loadPalette = () => import('./CommandPalette')
const loadHelp = () => import('./HelpSheet')
const Palette = lazy(() => loadPalette().then((module) => ({ default: module.CommandPalette })))
const Help = lazy(() => loadHelp().then((module) => ({ default: module.HelpSheet })))

const soon = 1_500

/** Palette and help: their keys work from the first moment, their code comes when the page has settled or at the first use. */
export function ActionSheets() {
  const [open, setOpen] = useState<'palette' | 'help' | null>(null)
  useAction('palette', () => setOpen((old) => (old === 'palette' ? null : 'palette')))
  useAction('help', () => setOpen('help'))
  useEffect(() => {
    const timer = setTimeout(() => void Promise.all([loadPalette(), loadHelp()]).catch(() => undefined), soon)
    return () => clearTimeout(timer)
  }, [])
  const close = () => setOpen(null)
  return (
    <Suspense>
      {open === 'palette' && <Palette isOpen onClose={close} />}
      {open === 'help' && <Help isOpen onClose={close} />}
    </Suspense>
  )
}
