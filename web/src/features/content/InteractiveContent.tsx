import { ExternalLink, List, type LucideIcon } from 'lucide-react'
import type { Content } from '@/api/types'
import { UserText } from '@/ui/UserText'
import { RichText } from './RichText'

type Interactive = Extract<Content, { type: 'interactive' }>

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value ? value : null
}

/** The choices a customer sees, read from the provider's action object as far as it is known. */
function choices(action: Interactive['action']): { label: string; icon?: LucideIcon }[] {
  const buttons = Array.isArray(action?.buttons) ? (action.buttons as unknown[]) : []
  const found = buttons.flatMap((button) => {
    const reply = isRecord(button) && isRecord(button.reply) ? button.reply : button
    const label = isRecord(reply) ? text(reply.title) : null
    return label ? [{ label }] : []
  })
  const parameters = isRecord(action?.parameters) ? action.parameters : {}
  const link = text(parameters.display_text) ?? text(parameters.flow_cta)
  if (link) found.push({ label: link, icon: ExternalLink } as { label: string })
  const list = text(action?.button)
  if (list) found.push({ label: list, icon: List } as { label: string })
  return found
}

/** A message with buttons, a list or a link. */
export function InteractiveContent({ content }: { content: Interactive }) {
  const header = isRecord(content.header) ? text(content.header.text) : text(content.header)
  const body = content.body ?? content.summary ?? ''
  return (
    <div className="min-w-52">
      {header && <UserText className="block font-semibold text-strong">{header}</UserText>}
      {body && <RichText text={body} />}
      {content.footer && <UserText className="block text-sm text-muted">{content.footer}</UserText>}
      <ChoiceRows choices={choices(content.action)} />
    </div>
  )
}

/** The buttons as the customer sees them; here they are only shown. */
export function ChoiceRows({ choices: rows }: { choices: { label: string; icon?: LucideIcon }[] }) {
  if (rows.length === 0) return null
  return (
    <ul className="-mx-3 mt-1.5 -mb-1.5 border-t border-line">
      {rows.map(({ label, icon: Icon }) => (
        <li key={label} className="flex items-center justify-center gap-1.5 border-b border-line px-3 py-1.5 text-sm text-accent-ink last:border-b-0">
          {Icon && <Icon size={14} aria-hidden />}
          <UserText>{label}</UserText>
        </li>
      ))}
    </ul>
  )
}
