import { useTranslation } from '@/i18n/useTranslation'
import { GuideSteps } from '@/features/guide/GuideSteps'
import { useGuide, useHideGuide } from '@/features/guide/useGuide'
import { PracticeOffer } from '@/features/practice/PracticeOffer'
import { Empty } from '@/ui/Empty'
import { ErrorNote } from '@/ui/ErrorNote'
import { Loading } from '@/ui/Loading'
import { PageFrame } from '@/ui/PageFrame'
import { Switch } from '@/ui/Switch'

/** The first-run guide as a page: always to be found, also when it was put away. */
export function GuidePage() {
  const { t } = useTranslation()
  const query = useGuide(({ done }) => !done)
  const hide = useHideGuide()
  const guide = query.data
  return (
    <PageFrame title={t('guide.title')} lead={t('guide.lead')}>
      {query.isError && !guide && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Loading rows={3} />}
      {guide && guide.steps.length === 0 && <Empty title={t('guide.none_title')} text={t('guide.none_text')} />}
      {guide && guide.steps.length > 0 && (
        <>
          {guide.done && <p className="mb-4 rounded-md bg-positive-soft px-3 py-2 text-positive-ink">{t('guide.all_done')}</p>}
          <GuideSteps guide={guide} heading="h2" />
          {!guide.done && <div className="mt-6"><PracticeOffer /></div>}
          {!guide.done && <div className="mt-8 border-t border-line pt-4"><Switch label={t('guide.in_inbox')} isSelected={!guide.hidden} onChange={(shown) => hide.mutate(!shown)} /></div>}
        </>
      )}
    </PageFrame>
  )
}
