import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/i18n/useTranslation'
import { templatesQuery } from '@/api/queries'
import type { Content, Message } from '@/api/types'
import { codeOf, masked, onlyWord } from '@/features/content/code'
import { HeadingFile } from '@/features/content/late/HeadingFile'
import { RichText } from '@/features/content/RichText'
import { directionOf } from '@/i18n/direction'
import { useFormats } from '@/i18n/format'
import { sentHeading, sentTemplate, type SentPart } from './sent'
import { ButtonRows, CardRow, OfferLine } from './TemplateBubble'

interface Props {
  content: Extract<Content, { type: 'template' }>
  message: Message
}

/** A template message with its heading, small print, buttons and cards, as far as the account still has the template. */
export function SentTemplate({ content, message }: Props) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { data, isPending } = useQuery({ ...templatesQuery({ channel_id: message.channel_id, q: content.name }), enabled: message.channel_id !== '' })
  const template = data?.find((one) => one.name === content.name && one.language === content.language)
  const components = content.components ?? []
  const sent = template ? sentTemplate(template, components, content.preview ?? null) : null
  // Where the template is not known any more, what looks like a code is taken for one.
  const code = !template ? codeOf(components) : template.category === 'AUTHENTICATION' ? onlyWord(components) : null
  const hidden = code && <p dir="auto" className="mt-1 text-xs text-muted">{t('sent.code_hidden')}</p>
  if (!sent) {
    const heading = isPending ? null : sentHeading(components)
    return (
      <>
        {heading && <HeadingFile {...heading} />}
        <RichText text={masked(content.preview ?? message.preview, code)} />
        {hidden}
      </>
    )
  }
  return (
    <>
      {sent.offer && <div className="-mx-3 mb-1.5"><OfferLine text={sent.offer.text} ends={sent.offer.ends === null ? undefined : t('sent.ends', { time: formats.moment(sent.offer.ends) })} /></div>}
      {sent.heading && <HeadingFile {...sent.heading} />}
      {sent.header && <p dir="auto" className="mb-1 font-semibold wrap-anywhere text-strong">{sent.header}</p>}
      {sent.body && <RichText text={masked(sent.body, code)} />}
      {sent.footer && <p dir="auto" className="mt-1 text-sm wrap-anywhere text-muted">{sent.footer}</p>}
      {hidden}
      {sent.buttons.length > 0 && <div className="-mx-3 mt-1.5 -mb-1.5"><ButtonRows buttons={buttonsOf(sent)} /></div>}
      {sent.cards.length > 0 && (
        <div className="max-w-[min(70vw,28rem)]">
          <CardRow cards={sent.cards.map(cardLook)} dir={directionOf(content.language)} lang={content.language.replace('_', '-')} />
        </div>
      )}
    </>
  )
}

const buttonsOf = ({ buttons, kinds, coupons }: SentPart) => buttons.map((text, key) => ({ key, text, type: kinds[key] ?? '', code: coupons[key] ?? undefined }))

function cardLook(card: SentPart, key: number) {
  return { key, top: card.heading && <div className="px-1.5 pt-1.5"><HeadingFile {...card.heading} /></div>, body: card.body, buttons: buttonsOf(card) }
}
