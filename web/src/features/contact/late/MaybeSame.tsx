import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ArrowLeftRight } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Contact, ContactMerge, Id, Suggestion } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { useFormats } from '@/i18n/format'
import { isolated } from '@/i18n/direction'
import { Avatar } from '@/ui/Avatar'
import { Button } from '@/ui/Button'
import { Confirm } from '@/ui/Confirm'
import { Dialog } from '@/ui/Dialog'
import { Phone } from '@/ui/Phone'
import { Section } from '@/ui/Section'
import { UserText } from '@/ui/UserText'
import { mergesQuery, sameAsQuery, useDecide, type Choice, type Pair } from './same'
import { Lines, Reasons } from './SamePair'

/** Who may be the same person as this contact, and which contacts became part of it. Nothing where nobody may be. */
export function MaybeSame({ contact, conversation }: { contact: Contact; conversation?: Id }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const may = useMe().permissions.includes('contact.write')
  const { data: found = [] } = useQuery(sameAsQuery(contact.id))
  const { data: merges = [] } = useQuery(mergesQuery(contact.id))
  const [comparing, setComparing] = useState<Suggestion | null>(null)
  // Whose page is shown may be the one that became part of the other; beside a conversation it stays the conversation's.
  const onDone = (choice: Choice, pair: Pair) => {
    setComparing(null)
    if (choice === 'merge' && pair.other === contact.id && !conversation) void navigate({ to: '/contacts/$contactId', params: { contactId: pair.keep }, replace: true })
  }
  const { choose, parts } = useDecide(onDone)
  if (found.length === 0 && merges.length === 0) return null
  return (
    <Section title={t('same.title')}>
      <ul aria-label={t('same.title')} className="flex flex-col gap-4">
        {found.map((suggestion) => {
          const other = suggestion.keep.id === contact.id ? suggestion.other : suggestion.keep
          return (
            <li key={other.id} className="flex flex-col gap-2">
              <div className="flex min-w-0 items-center gap-2">
                <Avatar name={other.name ?? other.phone} color={other.avatar_color} size={32} />
                <span className="min-w-0">
                  <UserText className="block truncate font-semibold text-strong">{other.name ?? other.phone ?? t('contact.no_name')}</UserText>
                  {other.phone && <span className="text-sm text-muted"><Phone value={other.phone} /></span>}
                </span>
              </div>
              <Reasons suggestion={suggestion} />
              <div className="flex flex-wrap gap-2">
                <Button small onPress={() => setComparing(suggestion)}>{t('same.compare')}</Button>
                {may && <Button small look="quiet" isDisabled={choose.isPending} onPress={() => choose.mutate({ choice: 'apart', pair: { keep: suggestion.keep.id, other: suggestion.other.id } })}>{t('same.apart')}</Button>}
              </div>
            </li>
          )
        })}
      </ul>
      {merges.length > 0 && <Merges merges={merges} may={may && !parts.isPending} onPart={(id) => parts.mutate(id)} />}
      {comparing && <Compare suggestion={comparing} may={may} isPending={choose.isPending} onClose={() => setComparing(null)} onChoose={(choice, pair) => choose.mutate({ choice, pair })} />}
    </Section>
  )
}

interface CompareProps {
  suggestion: Suggestion
  may: boolean
  isPending: boolean
  onClose: () => void
  onChoose: (choice: Choice, pair: Pair) => void
}

function Compare({ suggestion, may, isPending, onClose, onChoose }: CompareProps) {
  const { t } = useTranslation()
  const [stays, setStays] = useState(0)
  const sides: [Contact, Contact] = [suggestion.keep, suggestion.other]
  const pair = stays === 0 ? { keep: sides[0].id, other: sides[1].id } : { keep: sides[1].id, other: sides[0].id }
  return (
    <Dialog title={t('same.title')} wide isOpen onClose={onClose}>
      <div className="flex flex-col gap-3">
        <Reasons suggestion={suggestion} />
        <Lines sides={sides} stays={stays} head={() => null} />
        <p className="text-sm text-muted">{t('same.hint')}</p>
        <div className="flex flex-wrap justify-end gap-2">
          {may && <Button look="quiet" onPress={() => setStays(1 - stays)}><ArrowLeftRight size={15} aria-hidden />{t('same.swap')}</Button>}
          <span className="grow" />
          {may && <Button isDisabled={isPending} onPress={() => onChoose('apart', pair)}>{t('same.apart')}</Button>}
          {may && <Button look="primary" isDisabled={isPending} onPress={() => onChoose('merge', pair)}>{t('same.merge')}</Button>}
        </div>
      </div>
    </Dialog>
  )
}

/** The contacts that became part of this one, each with the way back. */
function Merges({ merges, may, onPart }: { merges: ContactMerge[]; may: boolean; onPart: (id: Id) => void }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const [sure, setSure] = useState<ContactMerge | null>(null)
  const name = (merge: ContactMerge) => merge.name ?? merge.phone ?? t('contact.no_name')
  return (
    <>
      <ul aria-label={t('same.made_of')} className="mt-3 flex flex-col gap-1 text-sm">
        {merges.map((merge) => (
          <li key={merge.id} className="flex items-center gap-2">
            <span className="min-w-0 grow text-muted">{t('same.was', { name: isolated(name(merge)), date: formats.date(merge.at) })}</span>
            {may && <Button small look="quiet" onPress={() => setSure(merge)}>{t('same.part')}</Button>}
          </li>
        ))}
      </ul>
      {sure && <Confirm title={t('same.part_sure', { name: isolated(name(sure)) })} text={t('same.part_text')} detail={t('same.part_until', { date: formats.date(sure.until) })} verb={t('same.part')} isOpen onClose={() => setSure(null)} onConfirm={() => onPart(sure.id)} />}
    </>
  )
}
