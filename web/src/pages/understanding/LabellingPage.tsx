import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ChevronRight, ExternalLink, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { useSingleKeys } from '@/actions/useSingleKeys'
import { intentsQuery, starterLanguages } from '@/features/understanding/api'
import { UnderstandingTabs } from '@/features/understanding/UnderstandingTabs'
import { intentName } from '@/features/understanding/words'
import { useFormats } from '@/i18n/format'
import { Answered } from '@/ui/Answered'
import { Button } from '@/ui/Button'
import { Empty } from '@/ui/Empty'
import { Field } from '@/ui/Field'
import { Kbd } from '@/ui/Kbd'
import { PageFrame } from '@/ui/PageFrame'
import { Select } from '@/ui/Select'
import { UserText } from '@/ui/UserText'
import { When } from '@/ui/When'
import { Model } from './Model'
import { useLabelDesk } from './useLabelDesk'

const every = '/every'
/** Messages in Chinese are of one script or the other. */
const languages = starterLanguages.flatMap((one) => (one === 'zh' ? ['zh-Hans', 'zh-Hant'] : [one]))

/** One message after the other: what does the customer want? */
export function LabellingPage() {
  const { t } = useTranslation()
  const formats = useFormats()
  const [language, setLanguage] = useState(every)
  const [intent, setIntent] = useState(every)
  const [made, setMade] = useState('')
  const { data: state } = useQuery(intentsQuery)
  const desk = useLabelDesk({ language: language === every ? undefined : language, intent: intent === every ? undefined : intent })
  const { current } = desk
  const intents = state?.intents ?? []
  const guess = current?.intent ?? null
  const accept = guess === null ? undefined : () => desk.say(guess)
  // The first nine have a figure; the guess has the Enter key.
  const keyed = intents.filter((one) => one !== guess)
  useSingleKeys((event) => {
    if (event.shiftKey || !current) return event.code === 'KeyU' ? () => void desk.undo() : undefined
    const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code)?.[1]
    if (digit === '0') return () => desk.say('')
    const chosen = digit && keyed[Number(digit) - 1]
    if (chosen) return () => desk.say(chosen)
    // A button that has the focus is pressed by this key itself.
    if (event.code === 'KeyA') return accept
    if (event.code === 'KeyJ') return desk.skip
    return event.code === 'KeyU' ? () => void desk.undo() : undefined
  })
  return (
    <PageFrame title={t('understanding.labelling')} lead={t('understanding.label_lead')} actions={desk.last && <Button onPress={() => void desk.undo()}><Undo2 size={15} aria-hidden className="mirror" />{t('understanding.undo')}<Key>U</Key></Button>}>
      <UnderstandingTabs />
      <div className="mb-4 flex flex-wrap gap-3">
        <div className="w-56"><Select label={t('understanding.language')} hideLabel value={language} onChange={setLanguage} options={[{ id: every, label: t('understanding.every_language') }, ...languages.map((id) => ({ id, label: formats.language(id) }))]} /></div>
        <div className="w-56"><Select label={t('understanding.wanted')} hideLabel value={intent} onChange={setIntent} options={[{ id: every, label: t('understanding.every_intent') }, ...intents.map((id) => ({ id, label: intentName(id, t) }))]} /></div>
      </div>
      <Answered query={desk.list} rows={4}>
        {() => current ? (
          <section aria-label={t('understanding.ask')} className="flex flex-col gap-4">
            <div aria-live="polite" className="rounded-lg border border-line bg-raised p-4">
              <UserText className="block text-lg whitespace-pre-wrap text-strong wrap-anywhere">{current.text}</UserText>
              <p className="mt-2 flex flex-wrap items-center gap-x-2 text-sm text-muted">
                <When at={current.at} />
                {current.language && <span>· {formats.language(current.language)}</span>}
                <Link to="/inbox/$conversationId" params={{ conversationId: current.conversation_id }} className="inline-flex items-center gap-1 text-accent-ink underline-offset-4 hover:underline"><ExternalLink size={13} aria-hidden />{t('understanding.open')}</Link>
              </p>
            </div>
            <div className="flex flex-wrap gap-2">
              {accept && guess !== null && <Button look="primary" onPress={accept}>{intentName(guess, t)} · {formats.percent(Math.round(current.probability * 100) / 100)}<Key>A</Key></Button>}
              <Button onPress={() => desk.say('')}>{t('understanding.no_intent')}<Key>0</Key></Button>
              <Button look="quiet" onPress={desk.skip}>{t('understanding.skip')}<ChevronRight size={15} aria-hidden className="mirror" /><Key>J</Key></Button>
            </div>
            <div role="group" aria-label={t('understanding.or')} className="flex flex-wrap gap-1.5">
              {keyed.map((one, at) => <Button key={one} small onPress={() => desk.say(one)}>{intentName(one, t)}{at < 9 && <Key>{String(at + 1)}</Key>}</Button>)}
            </div>
            <form
              className="flex max-w-sm items-end gap-2"
              onSubmit={(event) => {
                event.preventDefault()
                if (!made.trim()) return
                desk.say(made.trim())
                setMade('')
              }}
            >
              <div className="min-w-0 grow"><Field label={t('understanding.new_intent')} value={made} onChange={setMade} maxLength={40} /></div>
              <Button type="submit" isDisabled={!made.trim()}>{t('understanding.use')}</Button>
            </form>
          </section>
        ) : <Empty title={t('understanding.desk_empty')} text={t('understanding.desk_empty_text')} />}
      </Answered>
      {state && <div className="mt-8 border-t border-line"><Model state={state} /></div>}
    </PageFrame>
  )
}

function Key({ children }: { children: string }) {
  return <span className="max-md:hidden"><Kbd keys={[children]} /></span>
}
