import { Contact, FileText, Image, LayoutTemplate, MapPin, Mic, MousePointerClick, Music, ShoppingBag, Smile, Sticker, Video, type LucideIcon } from 'lucide-react'

/** The icon before a last line that is not plain text. */
export const kindIcons: Record<string, LucideIcon | undefined> = {
  image: Image,
  video: Video,
  audio: Music,
  voice: Mic,
  document: FileText,
  sticker: Sticker,
  location: MapPin,
  contacts: Contact,
  template: LayoutTemplate,
  interactive: MousePointerClick,
  reply: MousePointerClick,
  order: ShoppingBag,
  reaction: Smile,
}
