import { Contact, GalleryHorizontal, House, Link2, List, MapPin, MapPinned, Plus, RectangleEllipsis, ShoppingBag, Store, UserRoundSearch, Workflow, LayoutGrid, type LucideIcon } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { IconButton } from '@/ui/IconButton'
import { Menu } from '@/ui/Menu'
import { offered, type Kind } from './kinds'

const icons: Record<Kind, LucideIcon> = {
  button: RectangleEllipsis,
  list: List,
  cta_url: Link2,
  carousel: GalleryHorizontal,
  flow: Workflow,
  address_message: House,
  location_request_message: MapPinned,
  request_contact_info: UserRoundSearch,
  location: MapPin,
  contacts: Contact,
  product: ShoppingBag,
  product_list: LayoutGrid,
  catalog_message: Store,
}

interface Props {
  /** Kinds of message that the channel's provider does not carry. */
  lacking: readonly string[]
  onChoose: (kind: Kind) => void
}

/** Everything else that can be sent here. */
export function PlusMenu({ lacking, onChoose }: Props) {
  const { t } = useTranslation()
  return (
    <Menu label={t('compose.more')} items={offered(lacking).map((kind) => ({ id: kind, icon: icons[kind], label: t(`compose.kind.${kind}`), onAction: () => onChoose(kind) }))}>
      <IconButton label={t('compose.more')} icon={Plus} />
    </Menu>
  )
}
