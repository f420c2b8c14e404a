import { useTranslation } from '@/i18n/useTranslation'
import { tint } from './tint'

interface Props {
  name: string | null
  /** A place in the data palette, a colour of the server, or nothing: then the name decides. */
  color?: number | string | null
  size: number
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter((word) => /\p{L}/u.test(word))
  // One letter for scripts that join or stand alone (Arabic, Chinese): two would read as a word.
  const first = [...(words[0] ?? '')][0] ?? ''
  if (!/[\p{Script=Latin}\p{Script=Cyrillic}]/u.test(first)) return first
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : ''
  return (first + last).toUpperCase()
}

/** A steady place in the palette per person. */
function place(name: string, color: Props['color']): number {
  const wanted = typeof color === 'number' ? color : Number.parseInt(String(color ?? ''), 10)
  let hash = Number.isFinite(wanted) ? wanted : 0
  if (!Number.isFinite(wanted)) for (const letter of name) hash = (hash * 31 + letter.charCodeAt(0)) >>> 0
  return hash
}

/** A person without a picture: initials on a quiet, steady tint, so that the window ring round it speaks louder. The letters are drawn by CSS: the name always stands beside them. */
export function Avatar({ name, color, size }: Props) {
  const { t } = useTranslation()
  const shown = name ?? t('contact.no_name')
  return (
    <span
      aria-hidden
      data-initials={initials(shown) || '#'}
      className="inline-grid shrink-0 place-items-center rounded-full font-semibold select-none before:content-[attr(data-initials)]"
      style={{
        inlineSize: size,
        blockSize: size,
        fontSize: Math.max(8, size * 0.36),
        lineHeight: 1,
        ...tint(place(shown, color)),
      }}
    />
  )
}
