import { Plus, X } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { IconButton } from '@/ui/IconButton'
import { Segmented } from '@/ui/Segmented'
import { UploadField } from '../late/UploadField'
import type { FormProps } from './Builder'
import { Counted } from './Counted'
import { limits } from './limits'
import { isLink, newSlide, repeated, type SlideCard, type Sketch } from './model'

type Slides = Sketch['slides']

/** Cards side by side, all of one kind: a picture or film, a text, and a link or buttons. */
export function SlidesForm({ sketch, set, channel }: FormProps & { channel: string }) {
  const { t } = useTranslation()
  const { slides } = sketch
  const { cards } = slides
  const put = (part: Partial<Slides>) => set({ slides: { ...slides, ...part } })
  const change = (key: number, part: Partial<SlideCard>) => put({ cards: cards.map((card) => (card.key === key ? { ...card, ...part } : card)) })
  return (
    <>
      <Counted label={t('compose.body')} rows={2} value={sketch.body} most={limits.body} required autoFocus onChange={(body) => set({ body })} />
      <div className="flex flex-wrap gap-3">
        <Segmented label={t('compose.cards_show')} value={slides.media} options={(['image', 'video'] as const).map((id) => ({ id, label: t(`template.media.${id}`) }))} onChange={(media) => put({ media, cards: cards.map((card) => ({ ...card, mediaId: '', fileName: '' })) })} />
        <Segmented label={t('compose.cards_do')} value={slides.kind} options={(['cta_url', 'button'] as const).map((id) => ({ id, label: t(`compose.kind.${id}`) }))} onChange={(kind) => put({ kind })} />
      </div>
      {cards.map((card, at) => (
        <fieldset key={card.key} className="flex flex-col gap-3 rounded-md border border-line p-3">
          <legend className="sr-only">{t('templates.card_nth', { n: at + 1 })}</legend>
          <div className="flex items-center justify-between">
            <span aria-hidden className="text-sm text-muted">{t('templates.card_nth', { n: at + 1 })}</span>
            {cards.length > limits.cardsLeast && <IconButton label={t('templates.remove_card', { n: at + 1 })} icon={X} onPress={() => put({ cards: cards.filter((one) => one.key !== card.key) })} />}
          </div>
          <UploadField key={slides.media} label={t(`template.media.${slides.media}`)} kind={slides.media} channel={channel} name={card.fileName} onReady={(mediaId, fileName) => change(card.key, { mediaId, fileName })} />
          <Counted label={t('templates.card_text')} rows={2} value={card.body} most={limits.cardBody} onChange={(body) => change(card.key, { body })} />
          {slides.kind === 'cta_url' ? <SlideLink card={card} onChange={(part) => change(card.key, part)} /> : <SlideButtons card={card} onChange={(titles) => change(card.key, { titles })} />}
        </fieldset>
      ))}
      {cards.length < limits.cards && (
        <Button small className="self-start" onPress={() => put({ cards: [...cards, newSlide()] })}>
          <Plus size={14} aria-hidden />
          {t('templates.add_card')}
        </Button>
      )}
    </>
  )
}

function SlideLink({ card, onChange }: { card: SlideCard; onChange: (part: Partial<SlideCard>) => void }) {
  const { t } = useTranslation()
  const wrong = card.url.trim() !== '' && !isLink(card.url.trim())
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Counted label={t('compose.link_label')} value={card.label} most={limits.buttonTitle} required onChange={(label) => onChange({ label })} />
      <Field label={t('compose.url')} ltr isRequired validationBehavior="aria" type="url" inputMode="url" placeholder="https://" value={card.url} error={wrong ? t('compose.url_wrong') : null} onChange={(url) => onChange({ url })} />
    </div>
  )
}

function SlideButtons({ card, onChange }: { card: SlideCard; onChange: (titles: string[]) => void }) {
  const { t } = useTranslation()
  const twice = repeated(card.titles)
  return (
    <>
      {card.titles.map((title, at) => (
        <Counted
          key={at}
          label={t('compose.button_nth', { n: at + 1 })}
          value={title}
          most={limits.buttonTitle}
          required={at === 0}
          error={twice.has(title.trim()) ? t('compose.twice') : null}
          onChange={(text) => onChange(card.titles.map((old, index) => (index === at ? text : old)))}
        />
      ))}
      {card.titles.length < limits.buttons && (
        <Button small look="quiet" className="self-start" onPress={() => onChange([...card.titles, ''])}>
          <Plus size={14} aria-hidden />
          {t('compose.add_button')}
        </Button>
      )}
    </>
  )
}
