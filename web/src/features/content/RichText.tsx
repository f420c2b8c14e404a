import { useMemo } from 'react'
import { cx } from '@/ui/cx'
import { tokenize, type Token } from './richText'

const classes: Partial<Record<Token['kind'], string>> = {
  bold: 'font-semibold',
  italic: 'italic',
  strike: 'line-through',
  code: 'rounded-sm bg-hover px-1 font-mono text-sm',
}

/** A message body in its own direction, with WhatsApp's marks and links. */
export function RichText({ text, className }: { text: string; className?: string }) {
  const tokens = useMemo(() => tokenize(text), [text])
  return (
    <p dir="auto" className={cx('wrap-anywhere whitespace-pre-wrap text-strong', className)}>
      {tokens.map((token, index) => {
        if (token.kind === 'text') return token.text
        if (token.kind === 'link') {
          return (
            <a key={index} href={token.text} target="_blank" rel="noreferrer noopener" dir="ltr" className="text-accent-ink underline underline-offset-2">
              {token.text}
            </a>
          )
        }
        return <span key={index} className={classes[token.kind]}>{token.text}</span>
      })}
    </p>
  )
}
