import type { ReactNode } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { PracticeOffer } from '@/features/practice/PracticeOffer'
import { Button } from '@/ui/Button'
import { GuideSteps } from './GuideSteps'
import { useGuide, useHideGuide } from './useGuide'

/** The guide where nothing else stands yet; `children` stand there when there is nothing to guide. */
export function GuidePanel({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const { data: guide } = useGuide(({ shown }) => shown)
  const hide = useHideGuide()
  if (!guide?.shown) return children
  const isAnswered = guide.steps.some((step) => step.name === 'answer' && step.state === 'done')
  return (
    <section aria-label={t('guide.title')} className="h-full overflow-auto">
      <div className="appear mx-auto flex max-w-lg flex-col px-6 py-8 md:py-12">
        <h2 className="text-lg">{isAnswered ? t('guide.answered') : t('guide.title')}</h2>
        <p className="mb-4 text-muted">{isAnswered ? t('guide.rest') : t('guide.lead')}</p>
        <GuideSteps guide={guide} heading="h3" />
        <div className="mt-6"><PracticeOffer /></div>
        <Button small look="quiet" className="mt-6 self-start" onPress={() => hide.mutate(true)}>{t('guide.hide')}</Button>
      </div>
    </section>
  )
}
