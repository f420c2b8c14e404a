import { Tag } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Contact } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { IconButton } from '@/ui/IconButton'
import { Section } from '@/ui/Section'
import { TagChip } from '@/ui/TagChip'
import { TagDialog } from './TagDialog'

/** The tags of a contact, and the way to change them. */
export function ContactTags({ contact }: { contact: Contact }) {
  const { t } = useTranslation()
  const [choosing, setChoosing] = useState(false)
  const may = useMe().permissions.includes('contact.write')
  return (
    <Section title={t('tag.title')} aside={may && <IconButton label={t('tag.change')} icon={Tag} onPress={() => setChoosing(true)} />}>
      {contact.tags.length === 0 && <p className="text-sm text-muted">{t('tag.none_here')}</p>}
      <ul aria-label={t('tag.title')} className="flex flex-wrap gap-1">
        {contact.tags.map((tag) => <li key={tag.id} className="inline-flex max-w-full"><TagChip name={tag.name} color={tag.color} /></li>)}
      </ul>
      {choosing && <TagDialog contact={contact} onClose={() => setChoosing(false)} />}
    </Section>
  )
}
