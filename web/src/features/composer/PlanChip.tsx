import { CalendarClock, X } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { useFormats } from '@/i18n/format'
import { IconButton } from '@/ui/IconButton'
import type { Planned } from './late/PlanDialog'

interface Props {
  plan: Planned
  onChange: () => void
  onDrop: () => void
}

/** What is written now goes at this moment. */
export function PlanChip({ plan, onChange, onDrop }: Props) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <div className="flex items-center gap-1 border-b border-line bg-info-soft ps-3 text-sm text-info-ink">
      <CalendarClock size={15} aria-hidden className="shrink-0" />
      <button type="button" onClick={onChange} className="min-h-8 grow cursor-default text-start underline-offset-2 hover:underline">
        {plan.cancel ? t('composer.goes_at_unless', { time: formats.moment(plan.at) }) : t('composer.goes_at', { time: formats.moment(plan.at) })}
      </button>
      <IconButton label={t('composer.drop_plan')} icon={X} onPress={onDrop} />
    </div>
  )
}
