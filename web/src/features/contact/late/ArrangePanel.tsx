import { ChevronDown, ChevronUp, Eye, EyeOff } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { prefs, setPrefs } from '@/live/prefs'
import { useStore } from '@/live/store'
import { Button } from '@/ui/Button'
import { cx } from '@/ui/cx'
import { Dialog } from '@/ui/Dialog'
import { IconButton } from '@/ui/IconButton'
import { arranged, parts, type PanelPart } from '../panel'

/** Each part by the title it has in the panel. */
const titles = {
  collaborators: 'work.collaborators', same: 'same.title', tags: 'tag.title', details: 'contact.details', shop: 'shop.orders', consent: 'contact.consent.title', may_send: 'may_send.title', surveys: 'survey.title', matters: 'matter.title',
  sync: 'contact.sync.title', block: 'block.title', fields: 'contact.fields', identities: 'contact.identities', conversations: 'contact.conversations',
} as const satisfies Record<PanelPart, string>

/** What the panel shows, and in which order; kept in this browser. */
export function ArrangePanel({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const { panel } = useStore(prefs)
  const [moved, setMoved] = useState('')
  const order = arranged(panel)
  const hidden = panel?.hidden ?? []
  const move = (part: PanelPart, by: -1 | 1) => {
    const rest = order.filter((one) => one !== part)
    const place = order.indexOf(part) + by
    setPrefs({ panel: { hidden, order: rest.toSpliced(place, 0, part) } })
    setMoved(t('panel.moved', { name: t(titles[part]), place: place + 1, count: order.length }))
    // A row that moves loses the focus, and so does a button that can do no more.
    requestAnimationFrame(() => {
      const [same, other] = [by, -by].map((way) => document.getElementById(buttonId(part, way)))
      ;(same?.matches(':disabled') ? other : same)?.focus()
    })
  }
  const toggle = (part: PanelPart) => setPrefs({ panel: { order, hidden: hidden.includes(part) ? hidden.filter((one) => one !== part) : [...hidden, part] } })
  return (
    <Dialog title={t('contact.arrange')} isOpen onClose={onClose}>
      <p className="mb-2 text-sm text-muted">{t('panel.hint')}</p>
      <ul aria-label={t('contact.arrange')}>
        {order.map((part, at) => {
          const name = t(titles[part])
          const isHidden = hidden.includes(part)
          return (
            <li key={part} className="flex min-h-10 items-center gap-1 border-b border-line last:border-b-0">
              <span className={cx('min-w-0 grow truncate', isHidden ? 'text-muted line-through' : 'text-strong')}>{name}</span>
              <IconButton label={t(isHidden ? 'panel.show' : 'panel.hide', { name })} icon={isHidden ? EyeOff : Eye} onPress={() => toggle(part)} />
              <IconButton id={buttonId(part, -1)} label={t('panel.up', { name })} icon={ChevronUp} isDisabled={at === 0} onPress={() => move(part, -1)} />
              <IconButton id={buttonId(part, 1)} label={t('panel.down', { name })} icon={ChevronDown} isDisabled={at === parts.length - 1} onPress={() => move(part, 1)} />
            </li>
          )
        })}
      </ul>
      <p role="status" className="sr-only">{moved}</p>
      <Button small look="quiet" className="mt-3" isDisabled={!panel} onPress={() => setPrefs({ panel: undefined })}>{t('panel.reset')}</Button>
    </Dialog>
  )
}

const buttonId = (part: PanelPart, way: number) => `panel-${part}-${way < 0 ? 'up' : 'down'}`
