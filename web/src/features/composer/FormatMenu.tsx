import { Bold, Code, Italic, List, Quote, Strikethrough, Type } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { useAction } from '@/actions/registry'
import { IconButton } from '@/ui/IconButton'
import { Menu } from '@/ui/Menu'

export type Format = 'bold' | 'italic' | 'strike' | 'code' | 'quote' | 'bullets'

const formats = [
  { name: 'bold', icon: Bold },
  { name: 'italic', icon: Italic },
  { name: 'strike', icon: Strikethrough },
  { name: 'code', icon: Code },
  { name: 'quote', icon: Quote },
  { name: 'bullets', icon: List },
] as const

/** What WhatsApp shows in a special way, by menu and by keys. */
export function FormatMenu({ onFormat }: { onFormat: (format: Format) => void }) {
  const { t } = useTranslation()
  useAction('bold', () => onFormat('bold'))
  useAction('italic', () => onFormat('italic'))
  useAction('strike', () => onFormat('strike'))
  useAction('code', () => onFormat('code'))
  useAction('quote', () => onFormat('quote'))
  useAction('bullets', () => onFormat('bullets'))
  // The menu must be gone before the box takes the focus back.
  const items = formats.map(({ name, icon }) => ({ id: name, icon, label: t(`action.${name}`), action: name, onAction: () => void requestAnimationFrame(() => onFormat(name)) }))
  return (
    <Menu label={t('composer.format')} items={items}>
      <IconButton label={t('composer.format')} icon={Type} className="max-md:hidden" />
    </Menu>
  )
}
