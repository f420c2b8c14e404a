import { Contact, Link2, List, MapPin, MapPinned, Plus, RectangleEllipsis, ShoppingBag, UserRoundSearch, type LucideIcon } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '@/ui/IconButton'
import { Menu } from '@/ui/Menu'
import { kinds, type Kind } from './model'

const icons: Record<Kind, LucideIcon> = {
  button: RectangleEllipsis,
  list: List,
  cta_url: Link2,
  location_request_message: MapPinned,
  request_contact_info: UserRoundSearch,
  location: MapPin,
  contacts: Contact,
  product: ShoppingBag,
}

/** Everything else that can be sent. */
export function PlusMenu({ onChoose }: { onChoose: (kind: Kind) => void }) {
  const { t } = useTranslation()
  return (
    <Menu label={t('compose.more')} items={kinds.map((kind) => ({ id: kind, icon: icons[kind], label: t(`compose.kind.${kind}`), onAction: () => onChoose(kind) }))}>
      <IconButton label={t('compose.more')} icon={Plus} />
    </Menu>
  )
}
