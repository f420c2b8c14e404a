import { ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import type { FormProps } from './Builder'
import { Counted } from './Counted'
import { limits } from './limits'

/** Kinds whose heading may be left out; a list of products needs one and asks for it itself. */
const withHeading = new Set(['button', 'list', 'cta_url', 'flow'])

/** The texts around the choices: heading and small print are rarely wanted and stand behind one line. */
export function Frame({ sketch, set, most = limits.body, children }: FormProps & { most?: number; children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <>
      <Counted label={t('compose.body')} rows={3} value={sketch.body} most={most} required autoFocus onChange={(body) => set({ body })} />
      {children}
      <details className="group">
        <summary className="hit inline-flex cursor-default list-none items-center gap-1 rounded-md pe-2 text-sm text-muted hover:text-strong [&::-webkit-details-marker]:hidden">
          <ChevronDown size={14} aria-hidden className="group-open:rotate-180" />
          {t('compose.around')}
        </summary>
        <div className="mt-1 flex flex-col gap-3">
          {withHeading.has(sketch.kind) && <Counted label={t('compose.header')} value={sketch.header} most={limits.header} onChange={(header) => set({ header })} />}
          <Counted label={t('compose.footer')} value={sketch.footer} most={limits.footer} onChange={(footer) => set({ footer })} />
        </div>
      </details>
    </>
  )
}
