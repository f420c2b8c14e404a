import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { GraduationCap } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { Button } from '@/ui/Button'
import { errorText } from '@/ui/errors'
import { toast } from '@/ui/toast'
import { leavePractice, lookAgain, practiceQuery } from './api'

/** Stands above everything while somebody practises: what this is, where the scenarios are, and the way back. */
export function PracticeRibbon() {
  const { t } = useTranslation()
  const { data } = useQuery({ ...practiceQuery, refetchInterval: lookAgain })
  const leave = useMutation({ mutationFn: leavePractice, onError: (error) => toast(errorText(error, t), 'danger') })
  const ended = data?.runs[0]?.state === 'done'
  return (
    <aside aria-label={t('practice.title')} className="flex min-h-9 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-info-soft px-3 py-1 text-sm text-info-ink">
      <GraduationCap size={16} aria-hidden className="shrink-0" />
      <p className="min-w-0 grow"><strong className="font-semibold">{t('practice.title')}</strong> <span className="max-md:hidden">{t('practice.ribbon')}</span></p>
      <span role="status" className="sr-only">{ended && t('practice.finished')}</span>
      <Link to="/practice" className="inline-flex min-h-7 items-center underline underline-offset-2 max-md:min-h-11">{ended ? t('practice.see_debrief') : t('practice.scenarios')}</Link>
      <Button small onPress={() => leave.mutate()} isDisabled={leave.isPending}>{t('practice.leave')}</Button>
    </aside>
  )
}
