import { useTranslation } from '@/i18n/useTranslation'
import { ContactCards } from '@/features/content/ContactCards'
import { InteractiveContent } from '@/features/content/InteractiveContent'
import { LocationContent } from '@/features/content/LocationContent'
import { contentOf, position, type Sketch } from './model'

/** The message as the customer will see it, while it is being written. */
export function Preview({ sketch }: { sketch: Sketch }) {
  const { t } = useTranslation()
  const content = contentOf(sketch)
  const empty = sketch.kind === 'location' ? position(sketch.place) === null : sketch.kind === 'contacts' && !sketch.card
  return (
    <section aria-label={t('compose.preview')} className="flex flex-col gap-2 rounded-lg bg-sunken p-3 md:sticky md:top-14">
      <p aria-hidden className="text-xs text-muted">{t('compose.preview')}</p>
      {empty ? (
        <p className="text-sm text-muted">{sketch.kind === 'contacts' ? t('compose.choose_contact') : t('compose.give_place')}</p>
      ) : (
        <div className="overflow-hidden rounded-lg border border-bubble-out-line bg-bubble-out px-3 py-1.5">
          {content.type === 'interactive' && <InteractiveContent content={content} open />}
          {content.type === 'location' && <LocationContent content={content} />}
          {content.type === 'contacts' && <ContactCards cards={content.cards} />}
        </div>
      )}
    </section>
  )
}
