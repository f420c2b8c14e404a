import { Check } from 'lucide-react'
import { memo } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { cx } from '@/ui/cx'
import { pick } from './selection'

interface Props {
  id: string
  name: string
  scope: string
  isSelected: boolean
}

/** Picks one conversation of the list. It lies over the avatar, beside the row's link and not in it; a button, so that the list's single keys still work from it. */
export const SelectBox = memo(function SelectBox({ id, name, scope, isSelected }: Props) {
  const { t } = useTranslation()
  return (
    <button type="button" role="checkbox" aria-checked={isSelected} aria-label={t('inbox.select_named', { name })} onClick={() => pick(scope, id)} className="focus-inset absolute inset-y-0 start-0 z-10 grid w-16.5 place-items-center">
      <span className={cx('grid size-6 place-items-center rounded-md border-2', isSelected ? 'border-accent bg-accent text-on-accent' : 'border-control bg-raised')}>
        {isSelected && <Check size={16} strokeWidth={2.5} aria-hidden />}
      </span>
    </button>
  )
})
