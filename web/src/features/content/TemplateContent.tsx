import { LayoutTemplate } from 'lucide-react'
import { Suspense } from 'react'
import type { Content, Message } from '@/api/types'
import { pageWords } from '@/i18n'
import { directionOf } from '@/i18n/direction'
import { later } from '@/ui/later'
import { codeOf, masked } from './code'
import { RichText } from './RichText'

interface Props {
  content: Extract<Content, { type: 'template' }>
  message: Message
}

const sentTemplate = later(() => Promise.all([import('@/features/template/SentTemplate'), pageWords()]).then(([module]) => module.SentTemplate))

/** A template as it was sent, marked as one, in its own language's direction. */
export function TemplateContent({ content, message }: Props) {
  return (
    <div>
      <p className="mb-0.5 flex items-center gap-1 text-xs text-muted">
        <LayoutTemplate size={12} strokeWidth={2} aria-hidden />
        <bdi dir="ltr">{content.name}</bdi>
        <span aria-hidden>·</span>
        <bdi dir="ltr">{content.language}</bdi>
      </p>
      <div dir={directionOf(content.language)}>
        <Suspense fallback={<RichText text={masked(content.preview ?? message.preview, codeOf(content.components))} />}>
          <sentTemplate.Part content={content} message={message} />
        </Suspense>
      </div>
    </div>
  )
}
