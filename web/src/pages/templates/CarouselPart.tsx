import { ArrowLeft, ArrowRight, Braces, Plus, Trash2 } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { cardMedia, holes, newButton, newCard, newCarousel, nextHole, type ButtonDraft, type CardDraft } from '@/features/template/draft'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { IconButton } from '@/ui/IconButton'
import { Menu } from '@/ui/Menu'
import { Section } from '@/ui/Section'
import { Segmented } from '@/ui/Segmented'
import { ButtonFields } from './ButtonsPart'
import { Examples } from './Examples'
import { SampleFile } from './SampleFile'
import type { PartProps } from './TemplateEditor'

const most = { cards: 10, buttons: 2 }
/** Kinds of buttons a card can have. */
const kinds = ['QUICK_REPLY', 'URL', 'PHONE_NUMBER'] as const

/** Ordinary, or cards side by side. */
export function ShapePart({ draft, set }: Pick<PartProps, 'draft' | 'set'>) {
  const { t } = useTranslation()
  return (
    <Section title={t('templates.shape')} hint={t('templates.shape_hint')}>
      <Segmented
        label={t('templates.shape')}
        value={draft.carousel ? 'CAROUSEL' : 'ORDINARY'}
        options={(['ORDINARY', 'CAROUSEL'] as const).map((id) => ({ id, label: t(`templates.shape_of.${id}`) }))}
        onChange={(shape) => set({ carousel: shape === 'CAROUSEL' ? (draft.carousel ?? newCarousel()) : null })}
      />
    </Section>
  )
}

/** The cards of a carousel. All are built alike, so the kind of file and the kinds of buttons are chosen once for all. */
export function CarouselPart({ draft, set, error, channel }: PartProps & { channel: string }) {
  const { t } = useTranslation()
  const { carousel } = draft
  if (!carousel) return null
  const { cards, media } = carousel
  const put = (next: CardDraft[]) => set({ carousel: { ...carousel, cards: next } })
  const change = (key: number, part: Partial<CardDraft>) => put(cards.map((card) => (card.key === key ? { ...card, ...part } : card)))
  const move = (at: number, by: number) => {
    const next = [...cards]
    const [one] = next.splice(at, 1)
    if (one) next.splice(at + by, 0, one)
    put(next)
  }
  const buttons = cards[0]?.buttons ?? []
  const problem = error('carousel.cards')
  return (
    <Section
      title={t('templates.cards')}
      hint={t('templates.cards_hint')}
      aside={cards.length < most.cards && <Button small onPress={() => put([...cards, newCard(cards[0])])}><Plus size={14} aria-hidden />{t('templates.add_card')}</Button>}
    >
      <div className="mb-3 flex flex-wrap items-center gap-3">
        <Segmented label={t('templates.cards_show')} value={media} options={cardMedia.map((id) => ({ id, label: t(`templates.header_of.${id}`) }))} onChange={(next) => set({ carousel: { media: next, cards: cards.map((card) => ({ ...card, mediaId: '', fileName: '', handle: '' })) } })} />
        {buttons.length < most.buttons && (
          <Menu label={t('templates.add_card_button')} items={kinds.map((kind) => ({ id: kind, label: t(`template_part.${kind}`), onAction: () => put(cards.map((card) => ({ ...card, buttons: [...card.buttons, newButton(kind)] }))) }))}>
            <Button small><Plus size={14} aria-hidden />{t('templates.add_card_button')}</Button>
          </Menu>
        )}
      </div>
      {problem && <p role="alert" className="mb-2 text-xs text-danger-ink">{problem}</p>}
      <ol className="flex flex-col gap-3">
        {cards.map((card, at) => (
          <li key={card.key} className="rounded-lg border border-line p-3">
            <header className="mb-2 flex items-center gap-1">
              <h3 className="grow text-sm text-muted">{t('templates.card_nth', { n: at + 1 })}</h3>
              <IconButton label={t('templates.card_earlier', { n: at + 1 })} icon={ArrowLeft} mirror isDisabled={at === 0} onPress={() => move(at, -1)} />
              <IconButton label={t('templates.card_later', { n: at + 1 })} icon={ArrowRight} mirror isDisabled={at === cards.length - 1} onPress={() => move(at, 1)} />
              <IconButton label={t('templates.remove_card', { n: at + 1 })} icon={Trash2} isDisabled={cards.length <= 2} onPress={() => put(cards.filter((one) => one.key !== card.key))} />
            </header>
            <CardFields card={card} media={media} format={draft.format} channel={channel} error={(field) => error(`cards.${at}.${field}`) ?? (field === 'header.example' ? error(`cards.${at}`) : null)} onChange={(part) => change(card.key, part)} />
          </li>
        ))}
      </ol>
      {buttons.length > 0 && (
        <div className="mt-3 flex flex-wrap items-center gap-2 text-sm text-muted">
          {t('templates.card_buttons')}
          {buttons.map((button, at) => (
            <Button key={button.key} small look="quiet" onPress={() => put(cards.map((card) => ({ ...card, buttons: card.buttons.filter((_, index) => index !== at) })))}>
              <Trash2 size={13} aria-hidden />
              {t('templates.remove_card_button', { n: at + 1 })}
            </Button>
          ))}
        </div>
      )}
    </Section>
  )
}

interface CardProps {
  card: CardDraft
  media: 'IMAGE' | 'VIDEO'
  format: 'POSITIONAL' | 'NAMED'
  channel: string
  error: (field: string) => string | null
  onChange: (part: Partial<CardDraft>) => void
}

function CardFields({ card, media, format, channel, error, onChange }: CardProps) {
  const { t } = useTranslation()
  const known = card.handle && !card.handle.startsWith('http') ? t('templates.sample_known') : ''
  const button = (at: number, part: Partial<ButtonDraft>) => onChange({ buttons: card.buttons.map((one, index) => (index === at ? { ...one, ...part } : one)) })
  const add = () => onChange({ body: `${card.body}${card.body && !/\s$/.test(card.body) ? ' ' : ''}${nextHole(card.body, format)} ` })
  return (
    <div className="flex flex-col gap-3">
      <SampleFile key={media} kind={media} channel={channel} name={card.fileName || known} error={error('header.example')} onReady={(mediaId, fileName) => onChange({ mediaId, fileName })} />
      <Field rows={2} label={t('templates.card_text')} hint={t('templates.card_text_hint')} value={card.body} error={error('body.text')} onChange={(body) => onChange({ body })} />
      <span><Button small look="quiet" onPress={add}><Braces size={14} aria-hidden />{t('templates.add_variable')}</Button></span>
      <Examples names={holes(card.body)} given={card.examples} error={(name) => error(`body.example.${name}`)} onChange={(examples) => onChange({ examples })} />
      {card.buttons.map((one, at) => <ButtonFields key={one.key} button={one} error={(field) => error(`buttons.buttons.${at}.${field}`)} onChange={(part) => button(at, part)} />)}
    </div>
  )
}
