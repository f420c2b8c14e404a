import { LayoutTemplate } from 'lucide-react'
import type { Content } from '@/api/types'
import { directionOf } from '@/i18n/direction'
import { RichText } from './RichText'

interface Props {
  content: Extract<Content, { type: 'template' }>
  preview: string
}

/** A template as it was sent, marked as one, in its own language's direction. */
export function TemplateContent({ content, preview }: Props) {
  return (
    <div>
      <p className="mb-0.5 flex items-center gap-1 text-xs text-muted">
        <LayoutTemplate size={12} strokeWidth={2} aria-hidden />
        <bdi dir="ltr">{content.name}</bdi>
        <span aria-hidden>·</span>
        <bdi dir="ltr">{content.language}</bdi>
      </p>
      <div dir={directionOf(content.language)}>
        <RichText text={content.preview ?? preview} />
      </div>
    </div>
  )
}
