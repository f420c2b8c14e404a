import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Id } from '@/api/types'
import { Answered } from '@/ui/Answered'
import { SearchBox } from '@/ui/SearchBox'
import { tagsQuery } from './api'
import { TagPicks } from './TagPicks'

/** Most tags of one action. */
const most = 50
/** From so many tags on, one searches. */
const many = 12

interface Props {
  label: string
  /** Whether the tags are given: then only those that are offered can be picked. */
  gives: boolean
  value: readonly Id[]
  onChange: (value: Id[]) => void
}

/** Some tags of the catalogue, picked with a press. One that was picked and is gone or put away since can be taken out. */
export function TagChoice({ label, gives, value, onChange }: Props) {
  const { t } = useTranslation()
  const query = useQuery(tagsQuery)
  const [text, setText] = useState('')
  const has = (id: Id) => value.includes(id)
  return (
    <Answered query={query}>
      {(tags) => {
        const word = text.trim().toLowerCase()
        const offered = tags.filter((tag) => has(tag.id) || !gives || !tag.archived)
        const found = offered.filter((tag) => has(tag.id) || tag.name.toLowerCase().includes(word))
        const gone = value.filter((id) => !tags.some((tag) => tag.id === id)).map((id) => ({ id, name: t('tag.gone'), color: 0, description: null }))
        return (
          <div className="flex flex-col gap-2">
            {offered.length > many && <SearchBox label={t('tag.find')} value={text} onChange={setText} />}
            {offered.length === 0 && gone.length === 0 && <p className="text-sm text-muted">{t('tag.none')}</p>}
            {word !== '' && found.length === 0 && <p className="text-sm text-muted">{t('tag.none_found')}</p>}
            <TagPicks
              label={label} tags={[...gone, ...found]} has={has}
              onToggle={({ id }) => (has(id) ? onChange(value.filter((other) => other !== id)) : value.length < most && onChange([...value, id]))}
            />
          </div>
        )
      }}
    </Answered>
  )
}
