import { Search, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Button, Input, SearchField } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/actions/registry'
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
      <SearchField aria-label={t('inbox.search')} value={text} onChange={setText} className="group relative">
        <Search size={16} aria-hidden className="pointer-events-none absolute start-2.5 top-1/2 -translate-y-1/2 text-faint" />
        <Input ref={input} dir={text ? 'auto' : undefined} placeholder={t('inbox.search')} className="field bg-raised px-8 [&::-webkit-search-cancel-button]:hidden" />
        <Button aria-label={t('common.clear')} className="hit-square absolute end-0 top-0 inline-flex items-center justify-center text-muted group-data-[empty]:hidden">
          <X size={14} aria-hidden />
        </Button>
      </SearchField>
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
