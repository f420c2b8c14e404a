import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/actions/registry'
import { SearchBox } from '@/ui/SearchBox'
import { Select } from '@/ui/Select'
import { sorts, statuses } from './filter'
import { useInbox } from './useInbox'

const typingPause = 250

/** Search within the list, status and order. */
export function ListToolbar() {
  const { t } = useTranslation()
  const { filter, change } = useInbox()
  const [text, setText] = useState(filter.q ?? '')
  const [address, setAddress] = useState(filter.q)
  // The address may change without the field (a link, the back button).
  if (address !== filter.q) {
    setAddress(filter.q)
    if ((filter.q ?? '') !== text.trim()) setText(filter.q ?? '')
  }
  const input = useRef<HTMLInputElement>(null)
  useAction('filter', () => input.current?.focus())

  useEffect(() => {
    if (text === (filter.q ?? '')) return
    const timer = setTimeout(() => change({ q: text || undefined }), typingPause)
    return () => clearTimeout(timer)
  }, [text, filter.q, change])

  return (
    <div className="flex flex-col gap-1 px-3 pt-3 pb-1">
      <SearchBox label={t('inbox.search')} value={text} onChange={setText} inputRef={input} />
      <div className="-mx-2 flex items-center justify-between">
        <Select
          quiet hideLabel label={t('inbox.status_label')}
          options={statuses.map((id) => ({ id, label: t(`inbox.status.${id}`) }))}
          value={filter.status}
          onChange={(status) => change({ status: status === 'open' ? undefined : status })}
        />
        <Select
          quiet hideLabel label={t('inbox.sort_label')}
          options={sorts.map((id) => ({ id, label: t(`inbox.sort.${id}`) }))}
          value={filter.sort}
          onChange={(sort) => change({ sort: sort === 'latest' ? undefined : sort })}
        />
      </div>
    </div>
  )
}
