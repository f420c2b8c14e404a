import { Contact, ExternalLink, House, Image, List, MapPin, ShoppingBag, Video, type LucideIcon } from 'lucide-react'
import { Suspense } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Content } from '@/api/types'
import { later } from '@/ui/later'
import { UserText } from '@/ui/UserText'
import { RichText } from './RichText'
import { fileOf, headingKind, isRecord, records, text } from './shape'

type Interactive = Extract<Content, { type: 'interactive' }>

const headingFile = later(() => import('./late/HeadingFile').then((module) => module.HeadingFile))

interface Choice {
  label: string
  icon?: LucideIcon
}

/** The choices a customer sees, read from the provider's action object as far as it is known. */
function choices(action: Interactive['action']): Choice[] {
  const found: Choice[] = records(action?.buttons).flatMap((button) => {
    const label = text((isRecord(button.reply) ? button.reply : button).title)
    return label ? [{ label }] : []
  })
  const parameters = isRecord(action?.parameters) ? action.parameters : {}
  const link = text(parameters.display_text) ?? text(parameters.flow_cta)
  if (link) found.push({ label: link, icon: ExternalLink })
  return found
}

/** Buttons that WhatsApp itself adds, in the reader's words: the customer sees them in the phone's language. */
function useOwnChoices(kind: string): Choice[] {
  const { t } = useTranslation()
  switch (kind) {
    case 'location_request_message':
      return [{ label: t('content.send_location'), icon: MapPin }]
    case 'request_contact_info':
      return [{ label: t('content.share_number'), icon: Contact }]
    case 'address_message':
      return [{ label: t('content.give_address'), icon: House }]
    case 'product':
    case 'product_list':
    case 'catalog_message':
      return [{ label: t('content.view_products'), icon: ShoppingBag }]
    default:
      return []
  }
}

/** A message with buttons, a list, a link or a request. `open` shows a list's rows at once. */
export function InteractiveContent({ content, open }: { content: Interactive; open?: boolean }) {
  const heading = isRecord(content.header) ? content.header : null
  const kind = headingKind(heading)
  const header = heading ? text(heading.text) : text(content.header)
  const body = content.body ?? content.summary ?? ''
  const product = text(content.action?.product_retailer_id)
  const own = useOwnChoices(content.kind)
  return (
    <div className="min-w-52">
      {heading && kind && <Suspense fallback={<span className="block h-14" />}><headingFile.Part kind={kind} heading={heading} /></Suspense>}
      {header && <UserText className="block font-semibold text-strong">{header}</UserText>}
      {product && <bdi dir="ltr" className="block font-mono text-sm text-muted">{product}</bdi>}
      {body && <RichText text={body} />}
      {content.footer && <UserText className="block text-sm text-muted">{content.footer}</UserText>}
      <ChoiceRows choices={[...choices(content.action), ...own]} />
      <ListRows action={content.action} open={open} />
      <Cards action={content.action} />
    </div>
  )
}

/** The cards of a carousel, scrolled sideways as on the phone. */
function Cards({ action }: { action: Interactive['action'] }) {
  const { t } = useTranslation()
  const cards = records(action?.cards)
  if (cards.length === 0) return null
  return (
    <ul tabIndex={0} aria-label={t('content.cards')} className="focus-inset -mx-1.5 mt-2 flex max-w-[min(70vw,28rem)] snap-x gap-2 overflow-x-auto pb-1">
      {cards.map((card, at) => {
        const header = isRecord(card.header) ? card.header : {}
        const film = header.type === 'video'
        const url = fileOf(header, film ? 'video' : 'image')
        const words = isRecord(card.body) ? text(card.body.text) : null
        const Icon = film ? Video : Image
        return (
          <li key={at} className="flex w-44 shrink-0 snap-start flex-col overflow-hidden rounded-md border border-line bg-raised px-3 pb-1.5">
            {url && !film ? <img src={url} alt="" loading="lazy" className="-mx-3 h-28 w-44 max-w-none object-cover" /> : <span className="-mx-3 grid h-28 place-items-center bg-hover text-muted"><Icon size={24} strokeWidth={1.5} aria-hidden /></span>}
            <span className="grow py-1.5">{words && <RichText text={words} />}</span>
            <ChoiceRows choices={choices(isRecord(card.action) ? card.action : undefined)} />
          </li>
        )
      })}
    </ul>
  )
}

/** A list's button; opening it shows the rows, as it does on the phone. */
function ListRows({ action, open }: { action: Interactive['action']; open?: boolean }) {
  const label = text(action?.button)
  const sections = records(action?.sections)
  if (sections.some((section) => Array.isArray(section.product_items))) return <Products sections={sections} />
  if (!label && sections.length === 0) return null
  return (
    <details open={open} className="-mx-3 mt-1.5 -mb-1.5 border-t border-line">
      <summary className="flex cursor-default list-none items-center justify-center gap-1.5 px-3 py-1.5 text-sm text-accent-ink hover:bg-hover [&::-webkit-details-marker]:hidden">
        <List size={14} aria-hidden />
        <UserText>{label ?? ''}</UserText>
      </summary>
      {sections.map((section, at) => (
        <div key={at} className="border-t border-line px-3 py-1.5 text-sm">
          {text(section.title) && <UserText className="block text-xs font-semibold text-muted">{text(section.title) ?? ''}</UserText>}
          <ul>
            {records(section.rows).map((row, index) => (
              <li key={index} className="py-1">
                <UserText className="block wrap-anywhere text-strong">{text(row.title) ?? ''}</UserText>
                {text(row.description) && <UserText className="block wrap-anywhere text-muted">{text(row.description) ?? ''}</UserText>}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </details>
  )
}

/** The products of a list, by their codes: their pictures are WhatsApp's. */
function Products({ sections }: { sections: Record<string, unknown>[] }) {
  return (
    <div className="mt-1.5 flex flex-col gap-1 text-sm">
      {sections.map((section, at) => (
        <div key={at}>
          {text(section.title) && <UserText className="block text-xs font-semibold text-muted">{text(section.title) ?? ''}</UserText>}
          <ul className="flex flex-wrap gap-1">
            {records(section.product_items).map((item, index) => (
              <li key={index}><bdi dir="ltr" className="rounded-sm bg-hover px-1.5 font-mono text-xs text-muted">{text(item.product_retailer_id) ?? ''}</bdi></li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  )
}

/** The buttons as the customer sees them; here they are only shown. */
export function ChoiceRows({ choices: rows }: { choices: Choice[] }) {
  if (rows.length === 0) return null
  return (
    <ul className="-mx-3 mt-1.5 -mb-1.5 border-t border-line">
      {rows.map(({ label, icon: Icon }, at) => (
        <li key={at} className="flex items-center justify-center gap-1.5 border-b border-line px-3 py-1.5 text-sm text-accent-ink last:border-b-0">
          {Icon && <Icon size={14} aria-hidden />}
          <UserText>{label}</UserText>
        </li>
      ))}
    </ul>
  )
}
