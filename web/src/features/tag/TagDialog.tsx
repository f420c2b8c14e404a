import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Check, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { keys } from '@/api/keys'
import type { Contact } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { isolated } from '@/i18n/direction'
import { Answered } from '@/ui/Answered'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { SearchBox } from '@/ui/SearchBox'
import { tint } from '@/ui/tint'
import { changeTags, sameName, tagsQuery } from './api'

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
              <div role="group" aria-label={t('tag.title')} className="flex flex-wrap gap-1.5">
                {found.map((tag) => (
                  <button
                    key={tag.id} type="button" aria-pressed={has(tag.id)} title={tag.description ?? undefined} disabled={change.isPending}
                    onClick={() => change.mutate(has(tag.id) ? { remove: [tag.name] } : { add: [tag.name] })}
                    className="inline-flex min-h-8 max-w-full items-center gap-1 rounded-full px-3 text-sm aria-pressed:font-semibold aria-pressed:ring-2 aria-pressed:ring-accent pointer-coarse:min-h-11"
                    style={tint(tag.color)}
                  >
                    {has(tag.id) && <Check size={14} aria-hidden className="shrink-0" />}
                    <bdi dir="auto" className="truncate">{tag.name}</bdi>
                  </button>
                ))}
              </div>
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
