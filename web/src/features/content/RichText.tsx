import { useMemo } from 'react'
import { cx } from '@/ui/cx'
import { Plain } from './Names'
import { blocks, type Block, type Inline } from './richText'

const classes = {
  bold: 'font-semibold',
  italic: 'italic',
  strike: 'line-through',
  code: 'rounded-sm bg-hover px-1 font-mono text-sm',
}

/** A message body in its own direction, with WhatsApp's formatting and links. */
export function RichText({ text, className }: { text: string; className?: string }) {
  const found = useMemo(() => blocks(text), [text])
  const [only] = found
  const base = 'wrap-anywhere whitespace-pre-wrap text-strong'
  // Most messages are one paragraph, and stay one element.
  if (found.length === 1 && only?.kind === 'text') return <p dir="auto" className={cx(base, className)}><Parts parts={only.parts} /></p>
  return (
    <div className={cx(base, 'flex flex-col gap-1', className)}>
      {found.map((block, index) => <Part key={index} block={block} />)}
    </div>
  )
}

function Part({ block }: { block: Block }) {
  switch (block.kind) {
    case 'text':
      return <p dir="auto"><Parts parts={block.parts} /></p>
    case 'quote':
      return <blockquote dir="auto" className="border-s-2 border-control ps-2 text-muted"><Parts parts={block.parts} /></blockquote>
    case 'code':
      return <pre dir="ltr" className="overflow-x-auto rounded-sm bg-hover px-2 py-1 font-mono text-sm whitespace-pre-wrap">{block.text}</pre>
    case 'bullets':
      return <ul dir="auto" className="list-disc ps-5">{block.items.map((item, index) => <li key={index}><Parts parts={item} /></li>)}</ul>
    case 'numbers':
      return <ol dir="auto" start={block.start} className="list-decimal ps-6">{block.items.map((item, index) => <li key={index}><Parts parts={item} /></li>)}</ol>
  }
}

function Parts({ parts }: { parts: Inline[] }) {
  return parts.map((part, index) => {
    if (part.kind === 'text') return <Plain key={index} text={part.text} />
    if (part.kind === 'link') {
      return (
        <a key={index} href={part.text} target="_blank" rel="noreferrer noopener" dir="ltr" className="text-accent-ink underline underline-offset-2">
          {part.text}
        </a>
      )
    }
    return <span key={index} className={classes[part.kind]}>{'parts' in part ? <Parts parts={part.parts} /> : part.text}</span>
  })
}
