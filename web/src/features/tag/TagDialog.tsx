import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { keys } from '@/api/keys'
import type { Contact } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { isolated } from '@/i18n/direction'
import { Answered } from '@/ui/Answered'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { SearchBox } from '@/ui/SearchBox'
import { changeTags, sameName, tagsQuery } from './api'
import { TagPicks } from './TagPicks'

/** Longest name of a tag. */
const longest = 100

/** Every tag that is offered, to be given and taken away with a press; a new word becomes a tag where that is allowed. */
export function TagDialog({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useQuery(tagsQuery)
  const [text, setText] = useState('')
  const may = useMe().permissions.includes('team.manage')
  const change = useMutation({
    mutationFn: (wanted: { add?: string[]; remove?: string[] }) => changeTags(client, contact.id, wanted),
    onSettled: () => void client.invalidateQueries({ queryKey: keys.tags }),
  })
  const has = (id: string) => contact.tags.some((tag) => tag.id === id)
  const word = text.trim()
  const make = () => {
    change.mutate({ add: [word] })
    setText('')
  }
  return (
    <Dialog title={t('tag.of', { name: isolated(contact.name ?? contact.phone ?? t('contact.no_name')) })} isOpen onClose={onClose}>
      <Answered query={query}>
        {(tags) => {
          const offered = tags.filter((tag) => !tag.archived || has(tag.id))
          const found = offered.filter((tag) => tag.name.toLowerCase().includes(word.toLowerCase()))
          const exact = offered.find((tag) => sameName(tag.name, word))
          const isNew = word !== '' && word.length <= longest && !tags.some((tag) => sameName(tag.name, word))
          return (
            <form
              className="flex flex-col gap-3"
              onSubmit={(event) => {
                event.preventDefault()
                const only = exact ?? (found.length === 1 ? found[0] : undefined)
                if (only && !has(only.id)) change.mutate({ add: [only.name] })
                else if (isNew && may && !only) make()
              }}
            >
              <SearchBox label={t('tag.search')} value={text} onChange={setText} />
              {offered.length === 0 && !word && <p className="text-sm text-muted">{t(may ? 'tag.none_may' : 'tag.none')}</p>}
              {word && found.length === 0 && !(isNew && may) && <p className="text-sm text-muted">{t('tag.none_found')}</p>}
              <TagPicks label={t('tag.title')} tags={found} has={has} isDisabled={change.isPending} onToggle={({ id, name }) => change.mutate(has(id) ? { remove: [name] } : { add: [name] })} />
              {isNew && may && <Button onPress={make} isDisabled={change.isPending}><Plus size={15} aria-hidden />{t('tag.make', { name: isolated(word) })}</Button>}
              {change.isError && <ErrorNote error={change.error} />}
              <div className="flex justify-end"><Button look="primary" onPress={onClose}>{t('tag.done')}</Button></div>
            </form>
          )
        }}
      </Answered>
    </Dialog>
  )
}
