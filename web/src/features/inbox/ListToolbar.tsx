import { ListChecks, ListFilter, PanelLeft } from 'lucide-react'
import { memo, Suspense, useEffect, useRef, useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { useAction } from '@/actions/registry'
import { pageWords } from '@/i18n'
import { setPrefs } from '@/live/prefs'
import { useStore } from '@/live/store'
import { IconButton } from '@/ui/IconButton'
import { later, useSoon } from '@/ui/later'
import { SearchBox } from '@/ui/SearchBox'
import { Select } from '@/ui/Select'
import { conditions, sorts, statuses, usualSort, usualStatus } from './filter'
import { selection, startSelecting, stopSelecting } from './selection'
import { useShown } from './useInbox'

const typingPause = 250
/** From here on there is room for the list of views beside the conversations, in pixels. */
const room = 1024
const dialog = later(() => Promise.all([import('@/features/inbox/late/FilterDialog'), pageWords()]).then(([module]) => module.FilterDialog))
const chips = later(() => Promise.all([import('@/features/inbox/late/FilterChips'), pageWords()]).then(([module]) => module.FilterChips))
const sheet = later(() => Promise.all([import('@/features/inbox/late/ViewSheet'), pageWords()]).then(([module]) => module.ViewSheet))

/** Search within the list, status and order. */
export const ListToolbar = memo(function ListToolbar() {
  const { t } = useTranslation()
  const { filter, place, change } = useShown()
  const [asking, setAsking] = useState(false)
  const [choosing, setChoosing] = useState(false)
  const picking = useStore(selection) !== null
  const [text, setText] = useState(filter.q ?? '')
  const [address, setAddress] = useState(filter.q)
  // The address may change without the field (a link, the back button).
  if (address !== filter.q) {
    setAddress(filter.q)
    if ((filter.q ?? '') !== text.trim()) setText(filter.q ?? '')
  }
  const input = useRef<HTMLInputElement>(null)
  useAction('filter', () => input.current?.focus())
  const showViews = () => (window.innerWidth >= room ? setPrefs((old) => ({ views: !old.views })) : setChoosing(true))
  useAction('views', showViews)
  useAction('conditions', () => setAsking(true))
  useSoon(dialog, sheet)

  useEffect(() => {
    if (text === (filter.q ?? '')) return
    const timer = setTimeout(() => change({ q: text || undefined }), typingPause)
    return () => clearTimeout(timer)
  }, [text, filter.q, change])

  return (
    <div className="flex flex-col gap-1 px-3 pt-3 pb-1">
      <div className="-mx-1.5 flex items-center gap-0.5">
        <IconButton label={t('inbox.all_views')} icon={PanelLeft} mirror action="views" onPress={showViews} />
        <div className="min-w-0 grow"><SearchBox label={t('inbox.search')} value={text} onChange={setText} inputRef={input} /></div>
        <IconButton label={t('inbox.conditions')} icon={ListFilter} action="conditions" active={conditions(place) > 0} onPress={() => setAsking(true)} />
        <IconButton label={picking ? t('inbox.stop_selecting') : t('inbox.select')} icon={ListChecks} action="select" active={picking} onPress={() => (picking ? stopSelecting() : startSelecting(JSON.stringify(filter)))} />
      </div>
      <div className="-mx-2 flex items-center justify-between">
        <Select
          quiet hideLabel label={t('inbox.status_label')}
          options={statuses.map((id) => ({ id, label: t(`inbox.status.${id}`) }))}
          value={filter.status}
          onChange={(status) => change({ status: status === usualStatus(filter.view) ? undefined : status })}
        />
        <Select
          quiet hideLabel label={t('inbox.sort_label')}
          options={sorts.map((id) => ({ id, label: t(`inbox.sort.${id}`) }))}
          value={filter.sort}
          onChange={(sort) => change({ sort: sort === usualSort(filter.view) ? undefined : sort })}
        />
      </div>
      {conditions(place) > 0 && <Suspense><chips.Part /></Suspense>}
      {asking && <Suspense><dialog.Part onClose={() => setAsking(false)} /></Suspense>}
      {choosing && <Suspense><sheet.Part onClose={() => setChoosing(false)} /></Suspense>}
    </div>
  )
})
