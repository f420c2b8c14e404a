import { ClipboardList, House } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Content } from '@/api/types'
import { cx } from '@/ui/cx'
import { UserText } from '@/ui/UserText'
import { formAnswers, type Answer, type NamedAnswer } from './answers'

/** What a bubble shows at once: so many answers, and so many characters of each. */
const most = 8
const long = 200

/** Whether something of it stays hidden at first. */
function isLong(value: Answer): boolean {
  return typeof value === 'string' ? value.length > long : Array.isArray(value) && (value.length > most || value.some((part) => isLong(part.value)))
}

/** What the customer filled in, name by name. */
export function FormAnswers({ content }: { content: Extract<Content, { type: 'reply' }> }) {
  const { t } = useTranslation()
  const [whole, setWhole] = useState(false)
  const answers = formAnswers(content.data, content.order)
  const address = content.kind === 'address'
  const Icon = address ? House : ClipboardList
  return (
    <div className="min-w-52">
      <p className="mb-1 flex items-center gap-2 text-sm font-semibold text-muted">
        <Icon size={16} strokeWidth={1.75} aria-hidden className="shrink-0" />
        {address ? t('sent.address') : t('sent.form')}
      </p>
      {answers.length > 0 ? <Answers answers={answers} whole={whole} /> : <p className="text-muted">{t('sent.empty')}</p>}
      {isLong(answers) && (
        <button type="button" aria-expanded={whole} onClick={() => setWhole(!whole)} className="mt-1 text-sm text-accent-ink underline underline-offset-2">
          {whole ? t('sent.less') : t('sent.all')}
        </button>
      )}
    </div>
  )
}

function Answers({ answers, whole }: { answers: NamedAnswer[]; whole: boolean }) {
  const shown = whole ? answers : answers.slice(0, most)
  // A list of names and values needs names.
  if (shown.every(({ name }) => !name)) return <ul className="flex flex-col gap-1 text-strong">{shown.map(({ value }, at) => <li key={at} className="min-w-0"><Value value={value} whole={whole} /></li>)}</ul>
  return (
    <dl className="flex flex-col gap-1">
      {shown.map(({ name, value }, at) => (
        <div key={at} className="min-w-0">
          <dt className="text-xs text-muted"><UserText>{name}</UserText></dt>
          <dd className="text-strong"><Value value={value} whole={whole} /></dd>
        </div>
      ))}
    </dl>
  )
}

function Value({ value, whole }: { value: Answer; whole: boolean }) {
  const { t } = useTranslation()
  if (typeof value === 'boolean') return value ? t('sent.yes') : t('sent.no')
  if (typeof value === 'string') return <UserText className={cx('whitespace-pre-wrap', !whole && value.length > long ? 'line-clamp-4' : 'block')}>{value}</UserText>
  const words = value.map((part) => (part.name === '' && typeof part.value === 'string' ? part.value : null))
  // Several choices stand in one line.
  if (words.every((word) => word !== null)) return <Value value={words.join(t('common.list_separator'))} whole={whole} />
  return <div className="border-s-2 border-line ps-2"><Answers answers={value} whole={whole} /></div>
}
