import { Check } from 'lucide-react'
import { Button } from 'react-aria-components'
import { useTranslation } from '@/i18n/useTranslation'
import { cx } from '@/ui/cx'
import { Kbd } from '@/ui/Kbd'
import { Pill } from '@/ui/Pill'
import { When } from '@/ui/When'
import { marked } from './value'

interface Props {
  system: string
  text: string
  other: string
  at: number | null
  by: string | null
  stands: boolean
  keyCap: string
  isDisabled: boolean
  onChoose: () => void
}

/** One of two values: pressing it makes it the one. */
export function ValueCard({ system, text, other, at, by, stands, keyCap, isDisabled, onChoose }: Props) {
  const { t } = useTranslation()
  return (
    <Button
      onPress={onChoose}
      isDisabled={isDisabled}
      className={cx('flex min-h-36 min-w-0 cursor-default flex-col gap-3 rounded-lg border bg-raised p-4 text-start data-[hovered]:bg-hover data-[disabled]:cursor-not-allowed', stands ? 'border-accent' : 'border-control')}
    >
      <span className="flex w-full items-center gap-2">
        <bdi dir="auto" className="grow truncate font-semibold text-muted">{system}</bdi>
        {stands && <Pill icon={Check} tone="accent">{t('conflict.stands')}</Pill>}
        <span className="max-md:hidden"><Kbd keys={[keyCap]} /></span>
      </span>
      <bdi dir="auto" className="max-h-40 w-full grow overflow-auto text-lg text-strong wrap-anywhere">
        {text ? marked(text, other).map((part, index) => (part.differs ? <mark key={index} className="rounded-sm bg-caution-soft text-caution-ink">{part.text}</mark> : part.text)) : <span className="text-base text-muted">{t('conflict.empty')}</span>}
      </bdi>
      <span className="flex flex-wrap gap-x-2 text-xs text-muted">
        {by && <bdi dir="auto">{by}</bdi>}
        {at !== null && <When at={at} />}
      </span>
    </Button>
  )
}
