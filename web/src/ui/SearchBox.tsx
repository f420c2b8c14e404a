import { Search, X } from 'lucide-react'
import type { Ref } from 'react'
import { Button, Input, SearchField } from 'react-aria-components'
import { useTranslation } from '@/i18n/useTranslation'
import { cx } from './cx'

interface Props {
  label: string
  /** Shown in the empty field; the label when left out. */
  hint?: string
  value: string
  onChange: (value: string) => void
  large?: boolean
  autoFocus?: boolean
  inputRef?: Ref<HTMLInputElement>
  className?: string
}

/** A field that searches while one types; Escape or the cross empties it. */
export function SearchBox({ label, hint, value, onChange, large, autoFocus, inputRef, className }: Props) {
  const { t } = useTranslation()
  return (
    <SearchField aria-label={label} value={value} onChange={onChange} autoFocus={autoFocus} className={cx('group relative', className)}>
      <Search size={large ? 18 : 16} aria-hidden className={cx('pointer-events-none absolute top-1/2 -translate-y-1/2 text-faint', large ? 'start-3' : 'start-2.5')} />
      <Input ref={inputRef} dir={value ? 'auto' : undefined} placeholder={hint ?? label} className={cx('field [&::-webkit-search-cancel-button]:hidden', large ? 'min-h-11 px-10 text-lg' : 'px-8')} />
      <Button aria-label={t('common.clear')} className="hit-square absolute end-0 top-1/2 inline-flex -translate-y-1/2 items-center justify-center text-muted group-data-[empty]:hidden">
        <X size={large ? 16 : 14} aria-hidden />
      </Button>
    </SearchField>
  )
}
