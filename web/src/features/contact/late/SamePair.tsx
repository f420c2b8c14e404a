import { Link } from '@tanstack/react-router'
import { AtSign, Check, IdCard, MapPin, Phone as PhoneIcon, ShoppingBag } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Contact, Suggestion } from '@/api/types'
import { isolated } from '@/i18n/direction'
import { useFormats } from '@/i18n/format'
import { fieldText, marked, valueText } from '@/pages/conflicts/value'
import { Avatar } from '@/ui/Avatar'
import { cx } from '@/ui/cx'
import { Pill } from '@/ui/Pill'
import { UserText } from '@/ui/UserText'

const icons = { number: PhoneIcon, email: AtSign, address: MapPin, postcode: MapPin, name: IdCard, bought: ShoppingBag } as const

/** Why two contacts may be one person. */
export function Reasons({ suggestion: { reasons, score } }: { suggestion: Suggestion }) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <ul aria-label={t('same.why')} className="flex flex-col gap-1 text-sm">
      {reasons.map(({ kind, value }) => {
        const Icon = icons[kind]
        return (
          <li key={kind} className="flex items-start gap-1.5">
            <Icon size={14} aria-hidden className="mt-0.5 shrink-0 text-muted" />
            <span className="min-w-0 wrap-anywhere">{t(`same.reason.${kind}`, { value: kind === 'name' ? formats.percent(Number(value) / 100) : isolated(value) })}</span>
          </li>
        )
      })}
      <li className="text-xs text-muted">{t('same.likely', { score: formats.percent(score / 100) })}</li>
    </ul>
  )
}

/** What two contacts are, line by line, with what differs marked. */
export function Lines({ sides, stays, head }: { sides: [Contact, Contact]; stays?: number; head: (side: number) => ReactNode }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const of = (contact: Contact): Record<string, string> => ({
    phone: contact.phone ?? '',
    email: contact.email ?? '',
    country: contact.country ? formats.country(contact.country) : '',
    language: contact.language ? formats.language(contact.language) : '',
    // What is said above already is not said again as a key.
    identities: contact.identities.map(({ value }) => value).filter((value) => ![contact.phone, contact.email, contact.phone?.slice(1)].includes(value)).join('\n'),
    tags: contact.tags.map(({ name }) => name).join(', '),
    sync: contact.sync.map((state) => state.connection_name).join(', '),
    since: formats.date(contact.created_at),
    ...Object.fromEntries(Object.entries(contact.fields).filter(([name]) => name !== 'tags').map(([name, value]) => [`fields.${name}`, valueText(value)])),
  })
  const values = [of(sides[0]), of(sides[1])] as const
  const names = [...new Set(values.flatMap((one) => Object.keys(one)))].filter((name) => values.some((one) => one[name]))
  const titles: Record<string, string> = { sync: t('contact.sync.title'), tags: t('tag.title') }
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-raised">
      <div className="grid grid-cols-2">
        {sides.map((contact, side) => (
          <div key={contact.id} className={cx('flex min-w-0 flex-col gap-2 border-b border-line p-3', side === 1 && 'border-s', stays === side && 'bg-accent-soft')}>
            <div className="flex min-w-0 items-center gap-2">
              <Avatar name={contact.name ?? contact.phone} color={contact.avatar_color} size={32} />
              <Link to="/contacts/$contactId" params={{ contactId: contact.id }} className="min-w-0 font-semibold text-strong underline-offset-4 hover:underline"><UserText>{contact.name ?? contact.phone ?? t('contact.no_name')}</UserText></Link>
            </div>
            <div className="flex min-h-6 flex-wrap items-center gap-2">
              {stays === side && <Pill icon={Check} tone="accent">{t('same.stays')}</Pill>}
              {head(side)}
            </div>
          </div>
        ))}
      </div>
      <dl>
        {names.map((name) => (
          <div key={name} className="grid grid-cols-2 border-b border-line text-sm last:border-b-0">
            <dt className="col-span-2 px-3 pt-1.5 text-xs text-muted"><bdi>{titles[name] ?? fieldText(name)}</bdi></dt>
            {values.map((one, side) => <dd key={side} className="min-w-0 px-3 pb-1.5"><Value text={one[name] ?? ''} other={values[1 - side]?.[name] ?? ''} /></dd>)}
          </div>
        ))}
      </dl>
    </div>
  )
}

function Value({ text, other }: { text: string; other: string }) {
  const { t } = useTranslation()
  if (!text) return <span className="text-muted">{t('conflict.empty')}</span>
  const parts = other ? marked(text, other) : [{ text, differs: false }]
  return (
    <bdi dir="auto" className="line-clamp-4 whitespace-pre-line text-strong wrap-anywhere">
      {parts.map((part, index) => (part.differs ? <mark key={index} className="rounded-sm bg-caution-soft text-caution-ink">{part.text}</mark> : part.text))}
    </bdi>
  )
}
