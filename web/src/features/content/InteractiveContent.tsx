import { Contact, ExternalLink, List, MapPin, ShoppingBag, type LucideIcon } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Content } from '@/api/types'
import { UserText } from '@/ui/UserText'
import { RichText } from './RichText'

type Interactive = Extract<Content, { type: 'interactive' }>

interface Choice {
  label: string
  icon?: LucideIcon
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value ? value : null
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? (value as unknown[]).filter(isRecord) : []
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
  const header = isRecord(content.header) ? text(content.header.text) : text(content.header)
  const body = content.body ?? content.summary ?? ''
  const product = text(content.action?.product_retailer_id)
  const own = useOwnChoices(content.kind)
  return (
    <div className="min-w-52">
      {header && <UserText className="block font-semibold text-strong">{header}</UserText>}
      {product && <bdi dir="ltr" className="block font-mono text-sm text-muted">{product}</bdi>}
      {body && <RichText text={body} />}
      {content.footer && <UserText className="block text-sm text-muted">{content.footer}</UserText>}
      <ChoiceRows choices={[...choices(content.action), ...own]} />
      <ListRows action={content.action} open={open} />
    </div>
  )
}

/** A list's button; opening it shows the rows, as it does on the phone. */
function ListRows({ action, open }: { action: Interactive['action']; open?: boolean }) {
  const label = text(action?.button)
  const sections = records(action?.sections)
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
