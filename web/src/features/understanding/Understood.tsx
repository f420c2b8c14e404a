import { useTranslation } from '@/i18n/useTranslation'
import { useFormats } from '@/i18n/format'
import { cx } from '@/ui/cx'
import { Pill } from '@/ui/Pill'
import type { Mark, TextReading } from './api'
import { intentName, moodOf, pieces } from './words'

/** What stands under a word, so that colour is not the only sign. */
const looks: Record<string, string> = {
  hot_word: 'rounded-sm bg-accent-soft text-accent-ink',
  mood: 'underline decoration-wavy decoration-1 underline-offset-4',
  intent: 'font-semibold text-strong',
  product: 'rounded-sm bg-info-soft text-info-ink',
}
const entity = 'border-b border-dotted border-current'
/** What spoke against an intent did not decide it. */
const decided = ({ kind, weight }: Mark) => kind !== 'intent' || (weight ?? 0) > 0
const isPainted = ({ kind }: Mark) => kind === 'hot_word' || kind === 'product'

/** A mood in a word and a figure. */
export function Mood({ mood }: { mood: number }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { word, tone } = moodOf(mood)
  return <Pill tone={tone}>{t(`understanding.mood.${word}`)} <span className="tabular-nums">{formats.number(Math.round(mood * 100) / 100)}</span></Pill>
}

/** A text with the words that decided, and what was made of them. */
export function Understood({ reading }: { reading: TextReading }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const [first] = reading.likely
  const hot = reading.marks.filter((mark) => mark.kind === 'hot_word')
  const rows: [string, React.ReactNode][] = [
    [t('understanding.wanted'), first && first.probability > 0 ? `${intentName(reading.intent ?? first.intent, t)} · ${formats.percent(Math.round(first.probability * 100) / 100)}${reading.intent === null ? ` · ${t('understanding.not_plain')}` : ''}` : t('understanding.not_plain')],
    [t('understanding.sounds'), reading.mood === null ? t('understanding.nothing_tells') : <Mood key="mood" mood={reading.mood} />],
    [t('understanding.language'), reading.language ? formats.language(reading.language) : '–'],
  ]
  if (hot.length > 0) rows.push([t('understanding.hot_words'), [...new Set(hot.map((mark) => mark.label))].join(t('common.list_separator'))])
  if (reading.products.length > 0) rows.push([t('understanding.products'), <bdi key="skus" dir="ltr" className="font-mono text-xs">{reading.products.join(', ')}</bdi>])
  return (
    <div className="flex flex-col gap-3">
      {reading.text && <Marked text={reading.text} marks={reading.marks.filter(decided)} />}
      <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1.5 text-sm">
        {rows.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-muted">{name}</dt>
            <dd className="min-w-0 text-ink wrap-anywhere">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

/** The words that decided, marked in the text; what a mark says is its title and is read out. */
export function Marked({ text, marks }: { text: string; marks: readonly Mark[] }) {
  const { t } = useTranslation()
  const kindOf = (mark: Mark) => {
    const name = t(`understanding.mark.${mark.kind}` as 'understanding.mark.hot_word')
    return mark.label ? `${name}: ${mark.label}` : name
  }
  return (
    <p dir="auto" className="whitespace-pre-wrap text-ink wrap-anywhere">
      {pieces(text, marks).map((piece, at) =>
        piece.marks.length === 0 ? piece.text : (
          <mark key={at} title={piece.marks.map(kindOf).join('\n')} className={cx(!piece.marks.some(isPainted) && 'bg-transparent text-inherit', ...piece.marks.map((mark) => looks[mark.kind] ?? entity))}>{piece.text}</mark>
        ),
      )}
    </p>
  )
}
