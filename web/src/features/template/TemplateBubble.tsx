import { Copy, ExternalLink, FileText, Image, List, MapPin, Phone, Reply, ShoppingBag, Timer, UserRound, Video, Workflow, type LucideIcon } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { RichText } from '@/features/content/RichText'
import { directionOf } from '@/i18n/direction'
import { useFormats } from '@/i18n/format'
import { withExamples, type Draft } from './draft'

const icons: Record<string, LucideIcon | undefined> = { QUICK_REPLY: Reply, URL: ExternalLink, PHONE_NUMBER: Phone, VOICE_CALL: Phone, COPY_CODE: Copy, OTP: Copy, FLOW: Workflow, CATALOG: ShoppingBag, REQUEST_CONTACT_INFO: UserRound }
const files = { IMAGE: Image, VIDEO: Video, DOCUMENT: FileText, LOCATION: MapPin } as const

/** How a template looks on the customer's phone, samples filled in, in the template's own direction; `name` where there are several. */
export function TemplateBubble({ draft, name }: { draft: Draft; name?: string }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const [now] = useState(() => Date.now())
  const dir = directionOf(draft.language)
  const lang = draft.language.replace('_', '-')
  const coded = draft.category === 'AUTHENTICATION'
  // The words of a code message are WhatsApp's; here they stand for themselves.
  const body = coded ? [t('templates.code_body', { code: '123456' }), draft.code.advice ? t('templates.code_advice') : ''].filter(Boolean).join(' ') : withExamples(draft.body, draft.examples.body)
  const footer = coded ? (draft.code.minutes.trim() ? t('templates.code_expires', { count: Number(draft.code.minutes) || 0 }) : '') : draft.footer
  return (
    <section aria-label={name ? `${t('template.preview')}: ${name}` : t('template.preview')} className="rounded-lg border border-line bg-sunken p-4">
      <div dir={coded ? undefined : dir} lang={coded ? undefined : lang} className="max-w-80 min-w-56 overflow-hidden rounded-lg rounded-ss-none border border-line bg-raised">
        {!coded && !draft.carousel && <Header draft={draft} />}
        <div className="px-3 pt-2 pb-1.5">
          {!coded && !draft.carousel && draft.header.kind === 'TEXT' && draft.header.text && <p dir="auto" className="mb-1 font-semibold wrap-anywhere text-strong">{withExamples(draft.header.text, draft.examples.header)}</p>}
          {body ? <RichText text={body} /> : <p className="text-faint">{t('templates.body_empty')}</p>}
          {footer && !draft.carousel && <p dir="auto" className="mt-1 text-sm wrap-anywhere text-muted">{footer}</p>}
          <p className="mt-0.5 text-end text-xs text-faint">{formats.time(now)}</p>
        </div>
        {!draft.carousel && <Buttons draft={draft} />}
      </div>
      {!coded && draft.carousel && <Cards carousel={draft.carousel} dir={dir} lang={lang} />}
    </section>
  )
}

function Cards({ carousel, dir, lang }: { carousel: NonNullable<Draft['carousel']>; dir: 'ltr' | 'rtl'; lang: string }) {
  const { t } = useTranslation()
  const Icon = files[carousel.media]
  const cards = carousel.cards.map((card): CardLook => ({
    key: card.key,
    top:
      carousel.media === 'IMAGE' && card.mediaId ? (
        <img src={`/api/v1/media/${card.mediaId}`} alt={t('template.media.image')} className="h-28 w-full object-cover" />
      ) : (
        <div className="grid h-28 place-items-center bg-hover text-muted"><Icon size={28} strokeWidth={1.5} aria-hidden /></div>
      ),
    body: withExamples(card.body, card.examples),
    buttons: card.buttons,
  }))
  return <CardRow cards={cards} dir={dir} lang={lang} />
}

interface ButtonLook {
  key: number
  type: string
  text: string
  /** What it copies, where that is known. */
  code?: string
}

/** A card of a carousel: what stands above, its words and its buttons. */
export interface CardLook {
  key: number
  top: ReactNode
  body: string
  buttons: ButtonLook[]
}

/** The cards beside each other, as far as they fit; the rest is scrolled to, as on the phone. */
export function CardRow({ cards, dir, lang }: { cards: CardLook[]; dir: 'ltr' | 'rtl'; lang: string }) {
  const { t } = useTranslation()
  return (
    // Keyboards scroll it too.
    <ul dir={dir} lang={lang} tabIndex={0} aria-label={t('templates.cards')} className="focus-inset mt-2 flex snap-x gap-2 overflow-x-auto pb-1">
      {cards.map((card) => (
        <li key={card.key} className="flex w-52 shrink-0 snap-start flex-col overflow-hidden rounded-lg border border-line bg-raised">
          {card.top}
          {card.body && <div className="grow px-3 py-2"><RichText text={card.body} /></div>}
          <ButtonRows buttons={card.buttons} />
        </li>
      ))}
    </ul>
  )
}

function Header({ draft }: { draft: Draft }) {
  const { t } = useTranslation()
  const { kind, mediaId } = draft.header
  const Icon = kind === 'NONE' || kind === 'TEXT' ? null : files[kind]
  return (
    <>
      {kind === 'IMAGE' && mediaId ? (
        <img src={`/api/v1/media/${mediaId}`} alt={t('template.media.image')} className="max-h-44 w-full object-cover" />
      ) : (
        Icon && (
          <div className="grid h-28 place-items-center bg-hover text-muted">
            <Icon size={32} strokeWidth={1.5} aria-hidden />
          </div>
        )
      )}
      {draft.offer && <OfferLine text={draft.offer.text} />}
    </>
  )
}

/** What an offer says, and when it ends if that is known. */
export function OfferLine({ text, ends }: { text: string; ends?: string }) {
  return (
    <div className="flex items-center gap-2 border-b border-line px-3 py-2 text-sm">
      <Timer size={18} aria-hidden className="shrink-0 text-caution-ink" />
      <span className="min-w-0">
        <bdi dir="auto" className="block font-semibold wrap-anywhere text-strong">{text}</bdi>
        {ends && <bdi dir="auto" className="block text-xs text-muted">{ends}</bdi>}
      </span>
    </div>
  )
}

function Buttons({ draft }: { draft: Draft }) {
  return <ButtonRows buttons={draft.category === 'AUTHENTICATION' ? [{ key: 0, type: 'OTP', text: draft.code.text }] : draft.buttons} />
}

/** A template's buttons as the phone shows them. */
export function ButtonRows({ buttons: all }: { buttons: ButtonLook[] }) {
  const { t } = useTranslation()
  const label = (type: string, text: string) => text || (type === 'COPY_CODE' || type === 'OTP' ? t('templates.copy_code') : type === 'REQUEST_CONTACT_INFO' ? t('templates.share_contact') : '…')
  // WhatsApp shows two of many and the rest behind one button.
  const shown = all.length > 3 ? all.slice(0, 2) : all
  if (all.length === 0) return null
  return (
    <ul>
      {shown.map(({ key, type, text, code }) => {
        const Icon = icons[type] ?? Reply
        return (
          <li key={key} className="flex items-center justify-center gap-2 border-t border-line px-3 py-2 text-sm font-semibold text-accent-ink">
            <Icon size={15} aria-hidden className="shrink-0 rtl:-scale-x-100" />
            <bdi className="truncate">{label(type, text)}</bdi>
            {code && <bdi dir="ltr" className="truncate rounded-sm bg-hover px-1 font-mono">{code}</bdi>}
          </li>
        )
      })}
      {all.length > 3 && (
        <li className="flex items-center justify-center gap-2 border-t border-line px-3 py-2 text-sm font-semibold text-accent-ink">
          <List size={15} aria-hidden />
          {t('templates.all_options')}
        </li>
      )}
    </ul>
  )
}
