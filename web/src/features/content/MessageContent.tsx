import { Ban, MousePointerClick } from 'lucide-react'
import { Suspense } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Content, Message } from '@/api/types'
import { pageWords } from '@/i18n'
import { later } from '@/ui/later'
import { UserText } from '@/ui/UserText'
import { ContactCards } from './ContactCards'
import { InteractiveContent } from './InteractiveContent'
import { LocationContent } from './LocationContent'
import { MediaContent } from './MediaContent'
import { NoteText } from './NoteText'
import { OrderContent } from './OrderContent'
import { RichText } from './RichText'
import { TemplateContent } from './TemplateContent'

const formAnswers = later(() => Promise.all([import('./late/FormAnswers'), pageWords()]).then(([module]) => module.FormAnswers))

/** What a message says, by its kind; a kind we do not know shows as an honest placeholder. */
export function MessageContent({ message }: { message: Message }) {
  const { t } = useTranslation()
  const { content } = message
  switch (content.type) {
    case 'text':
      return <RichText text={content.body} className={isEmojiOnly(content.body) ? 'text-2xl leading-tight' : undefined} />
    case 'note':
      return <NoteText body={content.body} mentions={content.mentions} />
    case 'media':
      return <MediaContent content={content} message={message} />
    case 'location':
      return <LocationContent content={content} />
    case 'contacts':
      return <ContactCards cards={content.cards} />
    case 'template':
      return <TemplateContent content={content} message={message} />
    case 'interactive':
      return <InteractiveContent content={content} />
    case 'order':
      return <OrderContent content={content} />
    case 'reply':
      if (isForm(content)) return <Suspense fallback={<p className="text-muted">{t('content.form_answered')}</p>}><formAnswers.Part content={content} /></Suspense>
      return (
        <div className="flex items-start gap-2">
          <MousePointerClick size={16} strokeWidth={1.75} aria-hidden className="mt-0.5 shrink-0 text-muted" />
          <div>
            <UserText className="block text-strong">{content.title ?? message.preview}</UserText>
            {content.description && <UserText className="block text-sm text-muted">{content.description}</UserText>}
          </div>
        </div>
      )
    default:
      return (
        <div className="flex items-start gap-2 text-muted">
          <Ban size={16} strokeWidth={1.75} aria-hidden className="mt-0.5 shrink-0" />
          <p>
            {t('content.unsupported')}
            {content.type === 'unsupported' && <span className="ms-1.5"><code dir="ltr" className="font-mono text-xs">{content.kind}</code></span>}
          </p>
        </div>
      )
  }
}

/** The customer filled in a form or an address: the answer is in its data, not in its title. */
function isForm({ kind, data }: Extract<Content, { type: 'reply' }>): boolean {
  return (kind === 'flow' || kind === 'address') && data !== undefined && data !== null
}

/** One to three emoji alone are a gesture and shown large. */
function isEmojiOnly(body: string): boolean {
  return body.length <= 24 && /^(?:\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\uFE0F|\u200D\p{Extended_Pictographic})*\s*){1,3}$/u.test(body)
}
