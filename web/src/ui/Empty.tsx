import type { ReactNode } from 'react'

interface Props {
  /** A ghost of what will stand here, drawn faintly and hidden from screen readers. */
  ghost?: ReactNode
  title: string
  text?: string
  children?: ReactNode
}

/** An empty place that teaches: example, one sentence, one button. */
export function Empty({ ghost, title, text, children }: Props) {
  return (
    <div className="mx-auto flex max-w-sm flex-col items-center gap-3 px-6 py-12 text-center">
      {ghost && <div aria-hidden className="w-full [mask-image:linear-gradient(black,transparent)]">{ghost}</div>}
      <h2 className="text-lg">{title}</h2>
      {text && <p className="text-muted">{text}</p>}
      {children}
    </div>
  )
}
