import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/i18n/useTranslation'
import { Surveys } from '@/features/routing/Surveys'
import { useFormats } from '@/i18n/format'
import { Section } from '@/ui/Section'
import { UserText } from '@/ui/UserText'
import { feelingsQuery } from './api'
import { Mood } from './Understood'

/** How content this customer is: how they sound, which hot words they say, and what they answered to surveys. */
export function Feelings({ contact, conversation }: { contact: string; conversation?: string }) {
  return (
    <>
      <Sounds contact={contact} conversation={conversation} />
      <Surveys contact={contact} />
    </>
  )
}

function Sounds({ contact, conversation }: { contact: string; conversation?: string }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { data } = useQuery(feelingsQuery(contact, conversation))
  if (!data || (data.mood === null && data.hot_words.length === 0)) return null
  return (
    <Section title={t('understanding.sounds')}>
      <dl className="flex flex-col gap-1.5 text-sm">
        {conversation && data.conversation_mood !== null && (
          <div className="flex items-center justify-between gap-2"><dt className="text-muted">{t('understanding.here')}</dt><dd><Mood mood={data.conversation_mood} /></dd></div>
        )}
        {data.mood !== null && (
          <div className="flex items-center justify-between gap-2"><dt className="text-muted">{t('understanding.last_days')}</dt><dd><Mood mood={data.mood} /></dd></div>
        )}
      </dl>
      {data.hot_words.length > 0 && (
        <ul aria-label={t('understanding.hot_words')} className="mt-2 flex flex-wrap gap-1.5">
          {data.hot_words.slice(0, 12).map((word) => (
            <li key={word.id} title={word.topic} className="inline-flex items-center gap-1 rounded-full bg-sunken px-2 text-xs text-muted"><UserText>{word.text}</UserText><span className="tabular-nums">{formats.number(word.times)}</span></li>
          ))}
        </ul>
      )}
    </Section>
  )
}
